import { execFileSync } from 'node:child_process';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndpointConnection, RoutedMessage } from '../../core/routing/endpoint.ts';
import { webhookEndpoint } from './webhook-endpoint.ts';

const HUB = { clock: { now: () => Date.UTC(2030, 0, 1) }, hostNames: ['myhub.example.net'] };
const SECRET = `whsec_${Buffer.from('a key of thirty-two bytes, no le').toString('base64')}`;
const endpoint = webhookEndpoint(HUB);
const { signal } = new AbortController();

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let server: Server;
let received: Received[];
let answer: (request: Received) => { status: number; headers?: Record<string, string>; text?: string };
let connection: EndpointConnection | undefined;

beforeEach(async () => {
  received = [];
  answer = () => ({ status: 204 });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const got = { headers: request.headers, body: Buffer.concat(chunks) };
      received.push(got);
      const { status, headers, text } = answer(got);
      response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await connection?.close();
  connection = undefined;
  await new Promise((resolve) => server.close(resolve));
});

async function deliver(mode: 'batched' | 'structured' | 'binary', messages: readonly RoutedMessage[]): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  connection ??= await endpoint.open(
    endpoint.read({ url, mode, secret: SECRET, headers: { authorization: 'Bearer x' } }),
    signal,
  );
  await connection.deliver(messages, signal);
}

function message(offset: number, body = '{"t":21}', more: Partial<RoutedMessage> = {}): RoutedMessage {
  return {
    ...{ partition: 1, offset, enqueuedTime: Date.UTC(2030, 0, 1), source: 'DeviceMessages', deviceId: 'd1' },
    system: { contentType: 'application/json', contentEncoding: 'utf-8', connectionDeviceId: 'd1' },
    application: { level: 'hôt' },
    body: Buffer.from(body),
    ...more,
  };
}

describe('a webhook', () => {
  it('gets many events in one request, in order', async () => {
    await deliver('batched', [message(7), message(8, 'no json')]);
    expect(received).toHaveLength(1);
    expect(received[0]?.headers['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8');
    const system = { contentType: 'application/json', contentEncoding: 'utf-8', connectionDeviceId: 'd1' };
    expect(JSON.parse(received[0]?.body.toString() ?? '')).toEqual([
      {
        ...{ specversion: '1.0', id: '1:7', source: '/hubs/myhub', type: 'viaduct.device.telemetry', subject: 'd1' },
        ...{ time: '2030-01-01T00:00:00.000Z', partitionkey: 'd1', datacontenttype: 'application/json' },
        data: { properties: { level: 'hôt' }, systemProperties: system, body: { t: 21 }, bodyEncoding: 'json' },
      },
      expect.objectContaining({
        id: '1:8',
        data: expect.objectContaining({ body: 'bm8ganNvbg==', bodyEncoding: 'base64' }),
      }),
    ]);
  });

  it('gets one event a request, as JSON or as it was said', async () => {
    await deliver('structured', [message(7)]);
    expect(received[0]?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(JSON.parse(received[0]?.body.toString() ?? '')).toMatchObject({ id: '1:7' });
    await connection?.close();
    connection = undefined;
    await deliver('binary', [message(8)]);
    expect(received[1]?.headers).toMatchObject({
      ...{ 'ce-specversion': '1.0', 'ce-id': '1:8', 'ce-subject': 'd1', 'ce-type': 'viaduct.device.telemetry' },
      ...{ 'content-type': 'application/json', 'iothub-app-level': 'h%C3%B4t', authorization: 'Bearer x' },
    });
    expect(received[1]?.body.toString()).toBe('{"t":21}');
  });

  it('can tell that a request is ours, with openssl', async () => {
    await deliver('structured', [message(7)]);
    const { headers, body } = received[0] as Received;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64').toString('hex');
    const digest = execFileSync('openssl', ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${key}`, '-binary'], {
      input: signed,
    });
    expect(headers['webhook-signature']).toBe(`v1,${digest.toString('base64')}`);
  });

  it('that says no to one message of many does so for that one', async () => {
    answer = ({ body }) => ({ status: body.includes('bad') ? 422 : 200, text: 'no  such\nsensor' });
    const messages = [message(1), message(2), message(3, '"bad"'), message(4)];
    await expect(deliver('batched', messages)).rejects.toMatchObject({
      poison: { partition: 1, offset: 3 },
      message: 'it answered 422: no such sensor',
    });
    await expect(deliver('batched', [message(1), message(2), message(4)])).resolves.toBeUndefined();
  });

  it.each([
    [503, { 'retry-after': '7' }, { kind: 'transient', retryAfterMs: 7_000 }],
    [429, { 'retry-after': 'Tue, 01 Jan 2030 00:00:09 GMT' }, { kind: 'transient', retryAfterMs: 9_000 }],
    [401, {}, { kind: 'permanent', poison: undefined }],
    [
      302,
      { location: 'http://169.254.169.254/' },
      { kind: 'permanent', message: expect.stringContaining('redirects are not followed') },
    ],
  ])('that answers %i is understood', async (status, headers, failure) => {
    answer = () => ({ status, headers: headers as Record<string, string> });
    await expect(deliver('batched', [message(1)])).rejects.toMatchObject(failure);
    expect(received).toHaveLength(1);
  });

  it('that is not there is tried again', async () => {
    const nowhere = await endpoint.open(endpoint.read({ url: 'http://127.0.0.1:9/' }), signal);
    await expect(nowhere.deliver([message(1)], signal)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('nothing listens there'),
    });
    await nowhere.close();
  });

  it('keeps the messages of one device in order, and lets devices go side by side', async () => {
    const messages = Array.from({ length: 40 }, (_, offset) => message(offset, '{}', { deviceId: `d${offset % 3}` }));
    await deliver('structured', messages);
    const ids = received.map(({ body }) => JSON.parse(body.toString()) as { id: string; subject: string });
    for (const device of ['d0', 'd1', 'd2']) {
      const offsets = ids.filter(({ subject }) => subject === device).map(({ id }) => Number(id.split(':')[1]));
      expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    }
    expect(ids).toHaveLength(40);
  });
});

describe('the configuration of a webhook', () => {
  it.each([
    [{}, /"url" is missing/],
    [{ url: 'ftp://x/' }, /"url" must be/],
    [{ url: 'https://u:p@x/' }, /no user name and password/],
    [{ url: 'http://169.254.169.254/latest' }, /link-local/],
    [{ url: 'https://x/', secret: 'short' }, /"secret" must be whsec_/],
    [{ url: 'https://x/', headers: { 'content-type': 'a' } }, /set by the hub itself/],
    [{ url: 'https://x/', headers: { 'x-a': 'b\r\nhost: evil' } }, /printable ASCII/],
    [{ url: 'https://x/', mode: 'fast' }, /"mode" must be one of/],
    [{ url: 'https://x/', redirects: true }, /no setting here/],
  ])('%j is refused in words', (json, words) => {
    expect(() => endpoint.read(json)).toThrow(words);
  });

  it('reads itself again', () => {
    const read = endpoint.read({ url: 'https://x/', secret: SECRET, headers: { a: 'b' } });
    expect(endpoint.read({ ...read })).toEqual(read);
  });
});
