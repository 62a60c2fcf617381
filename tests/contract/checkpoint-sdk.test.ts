import {
  EventHubConsumerClient,
  type PartitionContext,
  type ReceivedEventData,
  type SubscribeOptions,
  type Subscription,
} from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ContainerClient } from '@azure/storage-blob';
import { parseConnectionString } from '@viaduct/contracts';
import { AuthMethod, encodeRecord, Source, signSas } from '@viaduct/hub';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

/**
 * Readers that come and go with their checkpoints in blobs of this server: the unmodified Event Hubs client, its checkpoint store
 * for blobs, and the storage client beneath it.
 */
let server: TestServer;
let store: BlobCheckpointStore;
let container: ContainerClient;
beforeAll(async () => {
  server = await startTestServer();
  container = new ContainerClient(pathStyle(await openStore()));
  store = new BlobCheckpointStore(container);
});
afterAll(() => server.stop());

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function openStore(): Promise<string> {
  const { SharedAccessKeyName: policy = '', SharedAccessKey: key = '' } = parseConnectionString(
    server.ready.hubConnectionString,
  );
  const token = signSas(server.ready.hostName, key, Math.floor(Date.now() / 1_000) + 600, policy);
  const base = `https://${server.ready.hostName}:${server.ready.ports.https}`;
  const answer = await fetch(`${base}/eventHubEndpoints/events/CheckpointStore?api-version=2021-04-12`, {
    method: 'POST',
    headers: { authorization: token },
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { url: string }).url;
}

/** For an IP address storage clients take the first segment for the account. */
function pathStyle(url: string): string {
  return url.replace(/^(https:\/\/[^/]+)\//, '$1/viaduct/');
}

let said = 0;
async function say(count: number): Promise<void> {
  const speaker = { deviceId: 'd', generationId: '1', authMethod: AuthMethod.deviceKey, modelId: null };
  for (let i = 0; i < count; i++) {
    const record = encodeRecord(speaker, Source.telemetry, 0, '', Buffer.from(String(said)));
    await server.hub.log.append(said++ % server.hub.eventPartitions, record);
  }
}

interface Processor {
  readonly numbers: number[];
  readonly partitions: Set<string>;
  readonly errors: string[];
  close(): Promise<void>;
}

/** Takes what partitions it can get, and checkpoints every batch; what it has in `numbers` is checkpointed. */
function processor(group = '$Default'): Processor {
  const client = new EventHubConsumerClient(group, server.ready.eventHubsConnectionString, store, {
    loadBalancingOptions: {
      updateIntervalInMs: 300,
      partitionOwnershipExpirationIntervalInMs: 4_000,
      strategy: 'greedy',
    },
    retryOptions: { retryDelayInMs: 200 },
  });
  const [numbers, partitions, errors] = [[] as number[], new Set<string>(), [] as string[]];
  const handlers = {
    processInitialize: async ({ partitionId }: PartitionContext) => void partitions.add(partitionId),
    processClose: async (_reason: unknown, { partitionId }: PartitionContext) => void partitions.delete(partitionId),
    processEvents: async (events: ReceivedEventData[], context: PartitionContext) => {
      const last = events.at(-1);
      if (last !== undefined) await context.updateCheckpoint(last);
      numbers.push(...events.map(({ body }) => Number(Buffer.isBuffer(body) ? body.toString() : body)));
    },
    processError: async (error: Error) => void errors.push(error.message),
  };
  const options: SubscribeOptions = { startPosition: { offset: '-1' }, maxWaitTimeInSeconds: 1, maxBatchSize: 100 };
  const subscription: Subscription = client.subscribe(handlers, options);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= subscription.close().then(() => client.close());
    return closing;
  };
  open.push({ close });
  return { numbers, partitions, errors, close };
}

const sorted = (numbers: readonly number[]) => [...new Set(numbers)].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('@azure/event-hubs with @azure/eventhubs-checkpointstore-blob · AMQP and HTTPS · shared access policy', () => {
  it('events: a processor goes on where the one before it had come to, also after a restart of the server', async () => {
    await say(40);
    const first = processor();
    await until(() => first.numbers.length === 40, { what: '40 events', timeoutMs: 20_000 });
    await first.close();
    await server.restart();
    await say(20);
    const second = processor();
    await until(() => second.numbers.length >= 20, { what: '20 more', timeoutMs: 20_000 });
    expect(sorted(second.numbers)).toEqual(upTo(60).slice(40));
    expect(first.errors).toEqual([]);
    const checkpoints = await store.listCheckpoints(server.ready.hostName, 'viaduct', '$Default');
    expect(checkpoints.map(({ sequenceNumber }) => sequenceNumber)).toEqual([14, 14, 14, 14]);
  });

  it('events: two processors share the partitions, and one takes over what the other leaves', async () => {
    const one = processor();
    await until(() => one.partitions.size === 4, { what: 'one has all partitions', timeoutMs: 20_000 });
    const two = processor();
    await until(() => one.partitions.size === 2 && two.partitions.size === 2, {
      what: 'each has two partitions',
      timeoutMs: 20_000,
    });
    expect([...one.partitions, ...two.partitions].sort()).toEqual(['0', '1', '2', '3']);
    const before = said;
    await say(40);
    const seen = () => sorted([...one.numbers, ...two.numbers]).filter((n) => n >= before);
    await until(() => seen().length === 40, { what: 'all events at one or the other', timeoutMs: 20_000 });
    expect(two.numbers.some((n) => n >= before)).toBe(true);
    await one.close();
    await until(() => two.partitions.size === 4, { what: 'two has all partitions', timeoutMs: 20_000 });
  });

  it('events: 32 readers at once, from the oldest, each gets all of its partition', async () => {
    const readers = Array.from({ length: 32 }, (_, i) => ({ group: ['$Default', 'a', 'b'][i % 3], partition: i % 4 }));
    for (const name of ['a', 'b']) await server.hub.consumerGroups.add({ name, createdTime: Date.now() });
    const counts = readers.map(() => 0);
    for (const [i, { group = '', partition }] of readers.entries()) {
      const client = new EventHubConsumerClient(group, server.ready.eventHubsConnectionString);
      client.subscribe(
        String(partition),
        {
          processEvents: async (events) => {
            counts[i] = (counts[i] ?? 0) + events.length;
          },
          processError: async () => {},
        },
        { startPosition: { offset: '-1' }, maxWaitTimeInSeconds: 1, maxBatchSize: 200 },
      );
      open.push(client);
    }
    await until(() => counts.every((count) => count === said / 4), { what: 'all events 32 times', timeoutMs: 30_000 });
  });

  it('events: nothing but checkpoints is kept in their container', async () => {
    const stranger = container.getBlockBlobClient('secrets.zip');
    await expect(stranger.upload('x', 1)).rejects.toMatchObject({ statusCode: 400 });
    const large = container.getBlockBlobClient('h/viaduct/$default/checkpoint/0');
    await expect(large.upload('x'.repeat(70_000), 70_000)).rejects.toMatchObject({ statusCode: 400 });
    await expect(large.stageBlock('AAAA', 'x', 1)).rejects.toMatchObject({ statusCode: 400 });
  });
});
