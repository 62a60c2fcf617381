import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nextLoopbackAddress, until } from '@viaduct/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndpointConnection } from '../../core/routing/endpoint.ts';
import { routedMessage, unhurried } from '../messages-under-test.ts';
import { STORAGE_BOUNDS } from './storage-configuration.ts';
import { storageEndpoint } from './storage-endpoint.ts';

/** What a real service rarely answers, word for word as S3 does. Source: Amazon S3 API reference. */
const ANSWERS = {
  started: {
    status: 200,
    text: '<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>',
  },
  taken: { status: 200, text: '' },
  completed: { status: 200, text: '<CompleteMultipartUploadResult><ETag>"e-2"</ETag></CompleteMultipartUploadResult>' },
  denied: { status: 403, text: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>' },
  busy: {
    status: 503,
    text: '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
  },
  /** The status is sent before the service knows. */
  failedLate: { status: 200, text: '<Error><Code>InternalError</Code><Message>Please try again.</Message></Error>' },
};
type Answer = keyof typeof ANSWERS;

let service: Server;
let asked: string[];
let answer: (request: string) => Answer;
let connection: EndpointConnection;
beforeEach(async () => {
  asked = [];
  answer = (request) => {
    if (!request.startsWith('POST')) return 'taken';
    return request.endsWith('?uploads') ? 'started' : 'completed';
  };
  service = createServer((request, response) => {
    request.resume().once('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://service');
      searchParams.delete('x-id');
      const query = searchParams.toString().replace('uploads=', 'uploads');
      const line = `${request.method} ${pathname.split('/').at(-1)}${query === '' ? '' : `?${query}`}`;
      asked.push(line);
      const { status, text } = ANSWERS[answer(line)];
      response.writeHead(status, { etag: '"e"' }).end(text);
    });
  });
  service.listen(0, nextLoopbackAddress());
  await once(service, 'listening');
  const { address, port } = service.address() as AddressInfo;
  const hub = { clock: { now: () => 0 }, hostNames: ['myhub.example'], blobs: undefined as never };
  const adapter = storageEndpoint(hub, STORAGE_BOUNDS.relaxed);
  const key = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const destination = { destination: 's3', endpoint: `http://${address}:${port}`, bucket: 'plant', ...key };
  const configuration = adapter.read({ ...destination, encoding: 'json', maxChunkSizeInBytes: 7_000_000 });
  connection = await adapter.open(configuration, unhurried);
  asked = [];
});
afterEach(async () => {
  await connection.close();
  service.close();
});

/** As JSON each is a third larger: three make a file, which needs two parts. */
const messages = () => Array.from({ length: 3 }, () => routedMessage({ offset: 7, body: Buffer.alloc(2_400_000) }));

describe('an upload to S3', () => {
  it('sends a large file part by part, and completes it', async () => {
    await connection.deliver(messages(), unhurried);
    expect(asked).toEqual([
      'POST 13-7.json?uploads',
      'PUT 13-7.json?partNumber=1&uploadId=u-1',
      'PUT 13-7.json?partNumber=2&uploadId=u-1',
      'POST 13-7.json?uploadId=u-1',
    ]);
  });

  it.each([
    ['a part', 'PUT', 'denied', 'permanent', /allow it s3:PutObject/],
    ['a part', 'PUT', 'busy', 'transient', /answered 503, SlowDown: Please reduce/],
    ['the end', 'POST 13-7.json?uploadId', 'failedLate', 'transient', /InternalError/],
  ] as const)('takes back what it sent when %s (%s) is answered with %s', async (_, which, what, kind, words) => {
    const usual = answer;
    answer = (request) => (request.startsWith(which) ? what : usual(request));
    await expect(connection.deliver(messages(), unhurried)).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(words),
    });
    expect(asked.at(-1)).toBe('DELETE 13-7.json?uploadId=u-1');
    expect(connection.held?.oldest(3)).toBe(7);
  });

  it('takes back what it sent of a file that is abandoned', async () => {
    await connection.deliver(messages().slice(0, 2), unhurried);
    await until(() => asked.includes('PUT 13-7.json?partNumber=1&uploadId=u-1'), { what: 'a part was sent' });
    await connection.close();
    expect(asked.at(-1)).toBe('DELETE 13-7.json?uploadId=u-1');
  });

  it('sends nothing of a small file that is abandoned', async () => {
    await connection.deliver([routedMessage({ offset: 9, body: Buffer.from('x') })], unhurried);
    await connection.close();
    expect(asked).toEqual([]);
  });
});
