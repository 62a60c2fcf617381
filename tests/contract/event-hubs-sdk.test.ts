import { EventHubConsumerClient, type EventPosition, type ReceivedEventData } from '@azure/event-hubs';
import { partitionFor } from '@viaduct/contracts';
import { RawMqtt, startTestServer, type TestDevice, type TestServer, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';

/** Readers of the Event Hubs-compatible endpoint, with the unmodified client. */
let server: TestServer;
let device: TestDevice;
let mqtt: RawMqtt;
let partitionId: string;
let sent = 0;
beforeAll(async () => {
  server = await startTestServer({ flags: ['--amqp-plain-port', '5672'] });
  device = await server.createDevice('talker');
  partitionId = String(partitionFor(device.deviceId, server.hub.eventPartitions));
  mqtt = await RawMqtt.open(server.ready);
  await mqtt.connectAs(device, server.ready.hostName);
  await say(20);
});
afterAll(() => server.stop());

async function say(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    sent++;
    mqtt.publish(
      `devices/${device.deviceId}/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8`,
      JSON.stringify({ n: sent }),
      sent,
    );
    await mqtt.next('puback');
  }
}

describe.each([
  ['@azure/event-hubs · AMQP · shared access policy', 'eventHubsConnectionString', {}],
  [
    '@azure/event-hubs · AMQP over WebSocket · shared access policy',
    'eventHubsConnectionString',
    { webSocketOptions: { webSocket: WebSocket } },
  ],
  ['@azure/event-hubs · AMQP without TLS · emulator connection string', 'emulatorConnectionString', {}],
] as const)('%s', (_suite, which, options) => {
  const client = (group = '$Default') =>
    new EventHubConsumerClient(group, server.ready[which] as string, {
      ...options,
      retryOptions: { maxRetries: 1, timeoutInMs: 10_000 },
    });

  async function numbersFrom(
    startPosition: EventPosition,
    count: number,
    then: () => Promise<void> = async () => {},
  ): Promise<number[]> {
    const consumer = client();
    const events: ReceivedEventData[] = [];
    const errors: unknown[] = [];
    const initialized = new Promise<void>((resolve) => {
      const subscription = consumer.subscribe(
        partitionId,
        {
          processInitialize: async () => resolve(),
          processEvents: async (some) => {
            events.push(...some);
          },
          processError: async (error) => {
            errors.push(error);
          },
        },
        { startPosition, maxWaitTimeInSeconds: 1 },
      );
      closing.push(() => subscription.close());
    });
    const closeAll = async () => {
      for (const close of closing.splice(0)) await close();
      await consumer.close();
    };
    try {
      await initialized;
      await then();
      await until(() => (events.length >= count ? true : undefined), {
        what: `${count} events (${events.length}; ${errors.join()})`,
        timeoutMs: 15_000,
      });
      return events.map(({ body }) => (body as { n: number }).n);
    } finally {
      await closeAll();
    }
  }
  const closing: (() => Promise<void>)[] = [];

  it('reads from earliest, in order, all there is', async () => {
    expect(await numbersFrom({ offset: '-1' }, sent)).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
  });

  it('reads from an offset, exclusive and inclusive', async () => {
    expect((await numbersFrom({ offset: '4' }, sent - 5))[0]).toBe(6);
    expect((await numbersFrom({ offset: '4', isInclusive: true }, sent - 4))[0]).toBe(5);
  });

  it('reads from a sequence number', async () => {
    expect((await numbersFrom({ sequenceNumber: 9 }, sent - 10))[0]).toBe(11);
  });

  it('reads from a time', async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const from = new Date();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await say(2);
    expect(await numbersFrom({ enqueuedOn: from }, 2)).toEqual([sent - 1, sent]);
  });

  it('reads from latest only what comes after', async () => {
    // Only what is said once the link stands can arrive, so it goes on talking until something does.
    const before = sent;
    let talking = true;
    const numbers = await numbersFrom({ offset: '@latest' }, 1, async () => {
      void (async () => {
        while (talking && sent < before + 100) {
          await say(1);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      })();
    });
    talking = false;
    expect(numbers[0]).toBeGreaterThan(before);
  });

  it('tells what a partition holds', async () => {
    const consumer = client();
    const hub = await consumer.getEventHubProperties();
    expect(hub.partitionIds).toEqual(['0', '1', '2', '3']);
    const properties = await consumer.getPartitionProperties(partitionId);
    expect(properties).toMatchObject({ beginningSequenceNumber: 0, isEmpty: false });
    const empty = hub.partitionIds.find((id) => id !== partitionId) as string;
    expect(await consumer.getPartitionProperties(empty)).toMatchObject({
      isEmpty: true,
      lastEnqueuedSequenceNumber: -1,
    });
    await consumer.close();
  });

  it('gives a partition to the reader with the higher owner level', async () => {
    const low = client();
    const high = client();
    const errors: { code?: string }[] = [];
    const nothing = { processEvents: async () => {}, processError: async () => {} };
    const lowSubscription = low.subscribe(
      partitionId,
      { ...nothing, processError: async (error) => void errors.push(error as { code?: string }) },
      { ownerLevel: 1, startPosition: { offset: '-1' } },
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    const highSubscription = high.subscribe(partitionId, nothing, { ownerLevel: 2, startPosition: { offset: '-1' } });
    await until(() => errors.find(({ code }) => code === 'ReceiverDisconnectedError'), {
      what: 'the lower reader hears that it was replaced',
      timeoutMs: 15_000,
    });
    await Promise.all([lowSubscription.close(), highSubscription.close()]);
    await Promise.all([low.close(), high.close()]);
  });

  it('is refused with a wrong key', async () => {
    const wrong = String(server.ready[which]).replace(
      /SharedAccessKey=[^;]+/,
      `SharedAccessKey=${Buffer.alloc(32).toString('base64')}`,
    );
    const consumer = new EventHubConsumerClient('$Default', wrong, {
      ...options,
      retryOptions: { maxRetries: 0, timeoutInMs: 5_000 },
    });
    await expect(consumer.getPartitionProperties(partitionId)).rejects.toMatchObject({ code: 'UnauthorizedError' });
    await consumer.close();
  });
});
