import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { LIMITS } from '@viaduct/contracts';
import { makePeerAuthority, nextLoopbackAddress, S3_PEER_KEY, type S3Peer, startS3, until } from '@viaduct/testkit';
import avsc from 'avsc';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { EndpointConnection, RoutedMessage } from '../../core/routing/endpoint.ts';
import { routedMessage, unhurried } from '../messages-under-test.ts';
import { s3Failure } from './s3-failure.ts';
import { STORAGE_BOUNDS } from './storage-configuration.ts';
import { storageEndpoint } from './storage-endpoint.ts';

const BUCKET = 'plant-archive';
let now = 0;
/** No blob of the hub is touched. */
const hub = { clock: { now: () => now }, hostNames: ['myhub.example'], blobs: undefined as never };
const adapter = storageEndpoint(hub, STORAGE_BOUNDS.relaxed);
let peer: S3Peer;
let turn = 0;
let prefix: string;

beforeAll(async () => {
  peer = await startS3(BUCKET);
});
afterAll(() => peer.close());
beforeEach(() => {
  turn += 1;
  prefix = `test-${turn}/a`;
});

const configuration = (change: object = {}) =>
  adapter.read({
    ...{ destination: 's3', endpoint: peer.endpoint, bucket: BUCKET, prefix, ...S3_PEER_KEY },
    ...{ encoding: 'json', batchFrequencyInSeconds: 60 },
    ...change,
  });

async function open(change: object = {}): Promise<EndpointConnection> {
  const connection = await adapter.open(configuration(change), unhurried);
  onTestFinished(() => connection.close());
  return connection;
}

async function settle(connection: EndpointConnection): Promise<void> {
  now += 61_000;
  await connection.held?.settleDue(unhurried);
}

const names = async () => (await peer.keys()).filter((key) => key.startsWith(`${prefix}/`));
const at = (message: RoutedMessage, extension = 'json') =>
  `${prefix}/myhub/03/2023/11/14/22/13-${message.offset}.${extension}`;

describe('a storage endpoint that writes to S3', () => {
  it('holds messages until their file is due, and then the object is there whole', async () => {
    const connection = await open();
    const [first, second] = [
      routedMessage({ body: Buffer.from('{"t":21}') }),
      routedMessage({ body: Buffer.from([0, 255]) }),
    ];
    await connection.deliver([first, second], unhurried);
    expect(connection.held?.oldest(3)).toBe(first.offset);
    await connection.held?.settleDue(unhurried);
    expect(await names()).toEqual([]);
    await settle(connection);
    expect(connection.held?.oldest(3)).toBeUndefined();
    expect(await names()).toEqual([at(first)]);
    const lines = (await peer.content(at(first))).toString().trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { Body: unknown }).Body)).toEqual([{ t: 21 }, 'AP8=']);
  });

  it('writes Avro larger than a part as one object, every byte of it', async () => {
    const connection = await open({ encoding: 'avro' });
    const messages = Array.from({ length: 60 }, (_, n) => routedMessage({ body: Buffer.alloc(250_000, n) }));
    await connection.deliver(messages, unhurried);
    expect(await names()).toEqual([]);
    await settle(connection);
    const name = at(messages[0] as RoutedMessage, 'avro');
    expect(await names()).toEqual([name]);
    const content = await peer.content(name);
    expect(content.length).toBeGreaterThan(2 * LIMITS.S3_PART_BYTES);
    const bodies = (await decoded(content)).map(({ Body }) => Body);
    expect(bodies).toHaveLength(messages.length);
    // Compared at once: byte by byte takes a minute.
    expect(Buffer.concat(bodies).equals(Buffer.concat(messages.map(({ body }) => body)))).toBe(true);
  });

  it('writes the same object again when the batch comes again, and another one for what follows', async () => {
    const connection = await open({ maxChunkSizeInBytes: 1_024 });
    const [first, second] = [
      routedMessage({ body: Buffer.alloc(1_500) }),
      routedMessage({ body: Buffer.alloc(1_500) }),
    ];
    await connection.deliver([first, second], unhurried);
    await connection.deliver([first], unhurried);
    expect(await names()).toEqual([at(first), at(second)].sort());
  });

  it('delivers again what was held when the service stopped', async () => {
    const message = routedMessage();
    const connection = await open();
    await connection.deliver([message], unhurried);
    await peer.kill();
    const refused = { kind: 'transient', message: expect.stringContaining('nothing listens there') };
    await expect(settle(connection)).rejects.toMatchObject(refused);
    expect(connection.held?.oldest(3)).toBe(message.offset);
    await expect(open()).rejects.toMatchObject(refused);
    await peer.start();
    const another = await open();
    await another.deliver([message], unhurried);
    await settle(another);
    expect(await names()).toEqual([at(message)]);
  });

  it('leaves nothing behind of what it did not finish, however large', async () => {
    const connection = await open();
    const messages = Array.from({ length: 30 }, () => routedMessage({ body: Buffer.alloc(250_000) }));
    await connection.deliver(messages, unhurried);
    await connection.close();
    expect(await names()).toEqual([]);
  });

  it.each([
    [{ secretAccessKey: 'wrong' }, /correct "secretAccessKey".*\(SignatureDoesNotMatch\)/],
    [{ accessKeyId: 'NOBODY' }, /correct "accessKeyId".*\(InvalidAccessKeyId\)/],
    [{ bucket: 'not-there' }, /make it, or correct "bucket".*\(NoSuchBucket\)/],
  ])('is told at once what to change: %j', async (change, words) => {
    await expect(open(change)).rejects.toMatchObject({ kind: 'permanent', message: expect.stringMatching(words) });
  });

  it('trusts a service by the authority it was given, and no other', async () => {
    const authority = await makePeerAuthority();
    const secure = await startS3(BUCKET, authority.certify());
    onTestFinished(() => secure.close());
    const connection = await open({ endpoint: secure.endpoint, ca: authority.ca });
    await connection.deliver([routedMessage()], unhurried);
    await settle(connection);
    await expect(open({ endpoint: secure.endpoint })).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('give it as "ca"'),
    });
  });

  it('gives up a service that says nothing when it is told to', async () => {
    const silent = createServer((socket) => socket.resume().on('error', () => socket.destroy()));
    silent.listen(0, nextLoopbackAddress());
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const { address, port } = silent.address() as AddressInfo;
    const connections = () => new Promise<number>((resolve) => silent.getConnections((_, count) => resolve(count)));
    const stop = new AbortController();
    const opening = adapter.open(configuration({ endpoint: `http://${address}:${port}` }), stop.signal);
    const ended = expect(opening).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(/stopped/),
    });
    await until(async () => (await connections()) > 0, { what: 'it has connected' });
    stop.abort();
    await ended;
    await until(async () => (await connections()) === 0, { what: 'it has hung up' });
  });
});

describe('what an S3 service answers', () => {
  it.each([
    ['AccessDenied', 403, 'permanent', /allow it s3:PutObject/],
    ['RequestTimeTooSkewed', 403, 'permanent', /set the clocks/],
    ['PermanentRedirect', 301, 'permanent', /correct "endpoint" and "region"/],
    ['EntityTooLarge', 400, 'permanent', /answered 400, EntityTooLarge: its words/],
    ['SlowDown', 503, 'transient', /answered 503, SlowDown/],
    ['InternalError', 500, 'transient', /answered 500/],
    ['RequestTimeout', 400, 'transient', /answered 400/],
    ['NoSuchUpload', 404, 'transient', /answered 404/],
    ['TemporaryRedirect', 307, 'transient', /answered 307/],
    ['TimeoutError', undefined, 'transient', /did not answer within 25 s/],
    ['AbortError', undefined, 'transient', /was stopped/],
  ])('%s %s is %s', (name, httpStatusCode, kind, words) => {
    const error = Object.assign(new Error('its words'), { name, $metadata: { httpStatusCode } });
    expect(s3Failure('s3://b', error, LIMITS.S3_ANSWER_SECONDS_MAX)).toMatchObject({
      kind,
      message: expect.stringMatching(words),
    });
  });
});

describe('the configuration of a storage endpoint that writes to S3', () => {
  it('is read again as it was read, also from texts, and shows no secret', () => {
    const texts = { forcePathStyle: 'false', batchFrequencyInSeconds: '60', secretAccessKey: 'hidden!' };
    const read = configuration(texts);
    expect(read).toMatchObject({ forcePathStyle: false, batchFrequencyInSeconds: 60, region: 'us-east-1' });
    expect(adapter.read(read as never)).toEqual(read);
    expect(adapter.address(read)).toBe(`s3://${BUCKET}/${prefix} at ${peer.endpoint}`);
    expect(adapter.secretFields).toContain('secretAccessKey');
  });

  it.each([
    [{ endpoint: 'http://minio.example:9000' }, /"endpoint" is http: .* set "allowHttp"/],
    [{ endpoint: 'https://u:p@minio.example' }, /"endpoint" must be https:\/\/host/],
    [{ endpoint: 'https://minio.example/bucket' }, /"endpoint" must be https:\/\/host/],
    [{ endpoint: 'https://169.254.169.254' }, /"endpoint" must not be link-local/],
    [{ bucket: 'Not_A_Bucket' }, /"bucket" must be 3 to 63/],
    [{ prefix: 'a/../b' }, /"prefix" must be names/],
    [{ region: '' }, /"region" must be a text/],
    [{ accessKeyId: null }, /"accessKeyId" is missing/],
    [{ secretAccessKey: null }, /"secretAccessKey" is missing/],
    [{ forcePathStyle: 'maybe' }, /"forcePathStyle" must be true or false/],
    [{ folder: 'messages' }, /"folder" is no setting here/],
    [{ ca: 'x' }, /"ca" must be a certificate/],
    [{ destination: 'container' }, /"endpoint" is no setting here/],
  ])('%j is refused in words', (change, words) => {
    expect(() => configuration(change)).toThrow(words);
  });

  it('takes http elsewhere when it is told in words', () => {
    const read = configuration({ endpoint: 'http://minio.example:9000', allowHttp: true });
    expect(read).toMatchObject({ endpoint: 'http://minio.example:9000', allowHttp: true });
  });
});

async function decoded(content: Buffer): Promise<{ readonly Body: Buffer }[]> {
  const decoder = new avsc.streams.BlockDecoder();
  const found: { Body: Buffer }[] = [];
  decoder.on('data', (record: { Body: Buffer }) => found.push(record));
  const ended = once(decoder, 'end');
  decoder.end(content);
  await ended;
  return found;
}
