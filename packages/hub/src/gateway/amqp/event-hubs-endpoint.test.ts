import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';
import { openCertificates } from '@viaduct/server';
import { nextLoopbackAddress, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addConsumerGroup } from '../../core/consumer/add-consumer-group.ts';
import { removeConsumerGroup } from '../../core/consumer/remove-consumer-group.ts';
import { AuthMethod, encodeRecord, RecordFlag, Source } from '../../core/record/record.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { type AmqpTestServer, startAmqpTestServer } from './amqp-test-server.ts';

const thermostat = {
  deviceId: 'thermostat',
  generationId: '638000',
  authMethod: AuthMethod.deviceKey,
  modelId: 'dtmi:example:thermostat;1',
};

let temporary: TemporaryHub;
let server: AmqpTestServer;

beforeAll(async () => {
  temporary = await temporaryHub();
  const address = nextLoopbackAddress();
  const hub = { ...temporary, hostNames: [address], clock: { now: () => Date.now() } };
  const certificate = await certificateFor(address, temporary.directory);
  server = await startAmqpTestServer({ hub, address, certificate });
  await addConsumerGroup(hub, 'analytics');
  // One second apart, so that a time lies between each two.
  for (let i = 0; i < 10; i++) {
    await say(0, `{"reading":${i}}`, i === 0 ? BAG : '', i === 0 ? RecordFlag.retain | RecordFlag.will : 0);
    temporary.clock.advance(1);
  }
});

afterAll(async () => {
  await server.close();
  await temporary.close();
});

const BAG = '%24.mid=m-1&%24.ct=application%2Fjson&%24.ce=utf-8&%24.cid=c-1&%24.sub=sensor&level=high&note=%C3%BC';

describe('the Event Hubs endpoint, read by @azure/event-hubs', () => {
  it('gives every event its annotations, properties and body', async () => {
    const [event] = await receive({ ...earliestEventPosition }, 1);
    expect(event).toMatchObject({
      body: { reading: 0 },
      offset: '0',
      sequenceNumber: 0,
      enqueuedTimeUtc: new Date(Date.UTC(2030, 0, 1)),
      messageId: 'm-1',
      correlationId: 'c-1',
      contentType: 'application/json',
      properties: { level: 'high', note: 'ü', 'mqtt-retain': 'true', 'iothub-MessageType': 'Will' },
      systemProperties: {
        'iothub-connection-device-id': 'thermostat',
        'iothub-connection-auth-method':
          '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
        'iothub-connection-auth-generation-id': '638000',
        'iothub-enqueuedtime': Date.UTC(2030, 0, 1),
        'iothub-message-source': 'Telemetry',
        'dt-dataschema': 'dtmi:example:thermostat;1',
        'dt-subject': 'sensor',
      },
    });
  });

  it('describes itself and its partitions', async () => {
    await using(async (client) => {
      expect(await client.getEventHubProperties()).toMatchObject({ name: 'test-hub', partitionIds: ['0', '1'] });
      expect(await client.getPartitionProperties('0')).toMatchObject({
        partitionId: '0',
        beginningSequenceNumber: 0,
        lastEnqueuedSequenceNumber: 9,
        lastEnqueuedOffset: '9',
        isEmpty: false,
      });
      await expect(client.getPartitionProperties('7')).rejects.toMatchObject({ code: 'MessagingEntityNotFoundError' });
    });
  });

  it('starts at the oldest event', async () => {
    expect(readings(await receive(earliestEventPosition, 10))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('starts after an offset, or at it', async () => {
    expect(readings(await receive({ offset: '6' }, 3))).toEqual([7, 8, 9]);
    expect(readings(await receive({ offset: '6', isInclusive: true }, 4))).toEqual([6, 7, 8, 9]);
  });

  it('starts after a sequence number, or at it', async () => {
    expect(readings(await receive({ sequenceNumber: 7 }, 2))).toEqual([8, 9]);
    expect(readings(await receive({ sequenceNumber: 7, isInclusive: true }, 3))).toEqual([7, 8, 9]);
  });

  it('starts after a time', async () => {
    expect(readings(await receive({ enqueuedOn: Date.UTC(2030, 0, 1, 0, 0, 7, 500) }, 2))).toEqual([8, 9]);
  });

  it('follows the live tail from the latest event', async () => {
    await using(async (client) => {
      const events: ReceivedEventData[] = [];
      const subscription = subscribed(client, '1', { startPosition: latestEventPosition }, events);
      // A subscription does not tell when it is there, so the device keeps talking until it is heard.
      await until(async () => {
        await say(1, '{"reading":"live"}');
        return events.length > 0;
      });
      expect(events[0]?.body).toEqual({ reading: 'live' });
      await subscription.close();
    });
  });

  it('serves several consumer groups, each in its own pace, and refuses unknown ones', async () => {
    expect(readings(await receive(earliestEventPosition, 3, 'analytics')).slice(0, 3)).toEqual([0, 1, 2]);
    expect(readings(await receive(earliestEventPosition, 3, '$default')).slice(0, 3)).toEqual([0, 1, 2]);
    await expect(receive(earliestEventPosition, 1, 'nobody')).rejects.toMatchObject({
      code: 'MessagingEntityNotFoundError',
    });
  });

  it('tells readers that their consumer group was removed, and takes no others', async () => {
    await addConsumerGroup(temporary, 'Passing');
    const client = newClient('passing');
    const events: ReceivedEventData[] = [];
    const lost = new Promise<Error & { code?: string }>((resolve) => {
      subscribed(client, '0', { startPosition: earliestEventPosition }, events, resolve);
    });
    await until(() => events.length === 10);
    await removeConsumerGroup(temporary, 'passing');
    expect(await lost).toMatchObject({
      code: 'MessagingEntityNotFoundError',
      message: expect.stringContaining('the consumer group "passing" was removed'),
    });
    await client.close();
    await expect(receive(earliestEventPosition, 1, 'passing')).rejects.toMatchObject({
      code: 'MessagingEntityNotFoundError',
    });
  });

  it('gives a partition to the reader with the higher owner level', async () => {
    const [first, second] = [newClient(), newClient()];
    const [early, late]: [ReceivedEventData[], ReceivedEventData[]] = [[], []];
    const lost = new Promise<Error & { code?: string }>((resolve) => {
      subscribed(first, '0', { startPosition: earliestEventPosition, ownerLevel: 1 }, early, resolve);
    });
    await until(() => early.length === 10);
    subscribed(second, '0', { startPosition: earliestEventPosition, ownerLevel: 2 }, late);
    expect(await lost).toMatchObject({ code: 'ReceiverDisconnectedError' });
    await until(() => late.length === 10);
    await expect(receive(earliestEventPosition, 1)).rejects.toMatchObject({ code: 'ReceiverDisconnectedError' });
    await Promise.all([first.close(), second.close()]);
  });

  it('tells readers that ask where the partition ends', async () => {
    await using(async (client) => {
      const last = new Promise<unknown>((resolve) => {
        client.subscribe(
          '0',
          {
            processEvents: async (_events, context) => resolve(context.lastEnqueuedEventProperties),
            processError: async () => undefined,
          },
          { startPosition: earliestEventPosition, trackLastEnqueuedEventProperties: true },
        );
      });
      expect(await last).toMatchObject({ sequenceNumber: 9, offset: '9' });
    });
  });

  it('refuses a position that this log never reached', async () => {
    await expect(receive({ sequenceNumber: 5_000 }, 1)).rejects.toMatchObject({ code: 'ArgumentError' });
  });

  it('refuses a wrong key and a policy without the right, and books both', async () => {
    const wrongKey = server.eventHubsConnectionString.replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=AAAA');
    const wrongPolicy = server.eventHubsConnectionString.replace('Name=service', 'Name=device');
    for (const connectionString of [wrongKey, wrongPolicy]) {
      const client = new EventHubConsumerClient('$Default', connectionString, { retryOptions: { maxRetries: 0 } });
      await expect(client.getEventHubProperties()).rejects.toMatchObject({ code: 'UnauthorizedError' });
      await client.close();
    }
    const codes = server.refusals.map(({ code }) => code);
    expect(codes).toContain('credential.signatureMismatch');
    expect(codes).toContain('credential.insufficientRights');
  });

  it('refuses to publish', async () => {
    const producer = new EventHubProducerClient(server.eventHubsConnectionString, { retryOptions: { maxRetries: 0 } });
    await expect(producer.sendBatch([{ body: 'mine' }])).rejects.toMatchObject({ code: 'UnauthorizedError' });
    await producer.close();
  });

  it('goes on after the connection was cut, without gap or repetition', async () => {
    await using(async (client) => {
      const events: ReceivedEventData[] = [];
      subscribed(client, '0', { startPosition: earliestEventPosition, maxBatchSize: 2 }, events);
      await until(() => events.length >= 10);
      server.cutConnections();
      await say(0, '{"reading":10}');
      await until(() => events.length >= 11);
      expect(readings(events)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });
  });

  it('had no fault of its own in all this', () => {
    expect(server.faults).toEqual([]);
  });
});

async function certificateFor(address: string, directory: string) {
  const [ca, tls] = [process.env.VIADUCT_TEST_CA_DIR ?? '', join(directory, 'tls')];
  await mkdir(tls);
  for (const file of ['ca.pem', 'ca-key.pem']) await cp(join(ca, file), join(tls, file));
  return openCertificates(tls, [address], Date.now());
}

async function say(partition: number, body: string, bag = '', flags = 0): Promise<void> {
  await temporary.log.append(partition, encodeRecord(thermostat, Source.telemetry, flags, bag, Buffer.from(body)));
}

function readings(events: readonly ReceivedEventData[]): unknown[] {
  return events.map(({ body }) => (body as { reading: unknown }).reading);
}

function newClient(group = '$Default'): EventHubConsumerClient {
  return new EventHubConsumerClient(group, server.eventHubsConnectionString, { retryOptions: { maxRetries: 0 } });
}

async function using(use: (client: EventHubConsumerClient) => Promise<void>): Promise<void> {
  const client = newClient();
  try {
    await use(client);
  } finally {
    await client.close();
  }
}

function subscribed(
  client: EventHubConsumerClient,
  partition: string,
  options: SubscribeOptions,
  into: ReceivedEventData[],
  onError: (error: Error) => void = () => undefined,
) {
  return client.subscribe(
    partition,
    {
      processEvents: async (events) => {
        into.push(...events);
      },
      processError: async (error) => onError(error),
    },
    { maxWaitTimeInSeconds: 1, ...options },
  );
}

/** The first `count` events of partition 0. */
async function receive(startPosition: EventPosition, count: number, group?: string): Promise<ReceivedEventData[]> {
  const client = newClient(group);
  const events: ReceivedEventData[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      client.subscribe(
        '0',
        {
          processEvents: async (batch) => {
            events.push(...batch);
            if (events.length >= count) resolve();
          },
          processError: async (error) => reject(error),
        },
        { startPosition, maxWaitTimeInSeconds: 1 },
      );
    });
    return events;
  } finally {
    await client.close();
  }
}
