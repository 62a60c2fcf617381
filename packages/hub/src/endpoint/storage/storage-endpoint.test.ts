import { streams } from 'avsc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndpointConnection, RoutedMessage } from '../../core/routing/endpoint.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { STORAGE_BOUNDS } from './storage-configuration.ts';
import { storageEndpoint } from './storage-endpoint.ts';

const { signal } = new AbortController();
let hub: TemporaryHub;
let connection: EndpointConnection;
beforeEach(async () => {
  hub = await temporaryHub();
});
afterEach(async () => {
  await connection.close();
  await hub.close();
});

async function open(configuration: object): Promise<void> {
  const endpoint = storageEndpoint(hub, STORAGE_BOUNDS.relaxed);
  connection = await endpoint.open(endpoint.read({ ...configuration }), signal);
}

function message(partition: number, offset: number, body: string): RoutedMessage {
  return {
    ...{ partition, offset, enqueuedTime: Date.UTC(2030, 4, 6, 7, 8, 9), source: 'DeviceMessages', deviceId: 'd1' },
    system: {
      ...{ contentType: 'application/json', contentEncoding: 'utf-8', connectionDeviceId: 'd1' },
      ...{ enqueuedTime: '2030-05-06T07:08:09.0000000Z', 'iothub-message-source': 'Telemetry' },
    },
    application: { level: 'high' },
    body: Buffer.from(body),
  };
}

async function names(): Promise<string[]> {
  return (await hub.blobs.list({ container: 'device-messages', limit: 100 })).map(({ name }) => name);
}

async function contentOf(name: string): Promise<Buffer> {
  const blob = await hub.blobs.open({ container: 'device-messages', name });
  const chunks: Buffer[] = [];
  for await (const chunk of blob?.stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const STORED = {
  EnqueuedTimeUtc: '2030-05-06T07:08:09.0000000Z',
  Properties: { level: 'high' },
  SystemProperties: {
    ...{ connectionDeviceId: 'd1', contentType: 'application/json', contentEncoding: 'utf-8' },
    enqueuedTime: '2030-05-06T07:08:09.0000000Z',
  },
};

describe('a storage endpoint', () => {
  it('holds messages until their file is due, and then it is there whole', async () => {
    await open({ encoding: 'json', batchFrequencyInSeconds: 60 });
    await connection.deliver([message(0, 5, '{"t":21}'), message(1, 9, '{"t":22}'), message(0, 6, 'text')], signal);
    expect([0, 1, 2].map((partition) => connection.held?.oldest(partition))).toEqual([5, 9, undefined]);
    await connection.held?.settleDue(signal);
    expect(await names()).toEqual([]);
    hub.clock.advance(61);
    await connection.held?.settleDue(signal);
    expect(await names()).toEqual([
      'messages/myhub/00/2030/05/06/07/08.json',
      'messages/myhub/01/2030/05/06/07/08.json',
    ]);
    expect(connection.held?.oldest(0)).toBeUndefined();
    const lines = (await contentOf('messages/myhub/00/2030/05/06/07/08.json')).toString().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ...STORED, Body: { t: 21 } },
      { ...STORED, Body: 'dGV4dA==' },
    ]);
  });

  it('writes Avro that another reader understands without being told what is in it', async () => {
    await open({ encoding: 'avro', maxChunkSizeInBytes: 1_024, folder: 'a' });
    await connection.deliver([message(0, 5, 'x'.repeat(700)), message(0, 6, 'y'.repeat(700))], signal);
    const decoder = new streams.BlockDecoder();
    const found: unknown[] = [];
    decoder.on('data', (record: { Body: Buffer }) =>
      found.push({ ...record, Body: record.Body.toString().slice(0, 1) }),
    );
    const ended = new Promise((resolve) => decoder.on('end', resolve));
    decoder.end(await contentOf('a/myhub/00/2030/05/06/07/08.avro'));
    await ended;
    expect(found).toEqual([
      { ...STORED, Body: 'x' },
      { ...STORED, Body: 'y' },
    ]);
  });

  it('writes the same file again after a crash, and another one beside what is there', async () => {
    await open({ encoding: 'json', maxChunkSizeInBytes: 1_024, folder: 'a' });
    const large = 'z'.repeat(1_500);
    await connection.deliver([message(0, 5, large), message(0, 6, large)], signal);
    expect(await names()).toEqual(['a/myhub/00/2030/05/06/07/08-6.json', 'a/myhub/00/2030/05/06/07/08.json']);
    await connection.deliver([message(0, 5, large)], signal);
    expect(await names()).toHaveLength(2);
  });

  it('leaves nothing behind of what it did not finish', async () => {
    await open({ encoding: 'json' });
    await connection.deliver([message(0, 5, 'x')], signal);
    await connection.close();
    expect(await names()).toEqual([]);
  });
});

describe('the configuration of a storage endpoint', () => {
  beforeEach(() => open({}));

  it.each([
    [{ fileNameFormat: '{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}' }, /must have {mm} once/],
    [{ fileNameFormat: '../{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}' }, /none that is only dots/],
    [{ fileNameFormat: '{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}?' }, /may have A-Z/],
    [{ folder: 'a/b' }, /"folder" must be/],
    [{ encoding: 'csv' }, /"encoding" must be one of/],
    [{ batchFrequencyInSeconds: 30 }, /from 60 to 720/],
    [{ maxChunkSizeInBytes: 1 }, /from 10485760/],
  ])('%j is refused in words', (json, words) => {
    expect(() => storageEndpoint(hub, STORAGE_BOUNDS.strict).read(json)).toThrow(words);
  });
});
