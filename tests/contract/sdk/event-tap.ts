import { EventHubConsumerClient, type ReceivedEventData, type Subscription } from '@azure/event-hubs';
import type { DeviceIdentity } from '@viaduct/contracts';
import { type TestServer, until } from '@viaduct/testkit';

/**
 * Everything the log holds, as a back end's Event Hubs client reads it, from the beginning on. One for a file of tests: a
 * consumer takes a while to start.
 */
export class EventTap {
  readonly #consumer: EventHubConsumerClient;
  readonly #subscription: Subscription;
  readonly #events: ReceivedEventData[] = [];

  constructor(server: TestServer) {
    this.#consumer = new EventHubConsumerClient('$Default', server.ready.eventHubsConnectionString);
    const processEvents = async (events: ReceivedEventData[]) => {
      this.#events.push(...events);
    };
    const options = { startPosition: { offset: '-1' }, maxBatchSize: 100 } as const;
    this.#subscription = this.#consumer.subscribe({ processEvents, processError: async () => {} }, options);
  }

  /** The first `count` telemetry messages of one identity, in order; fails when there are fewer in time. */
  async telemetryOf(identity: DeviceIdentity, count = 1): Promise<ReceivedEventData[]> {
    const found = () => this.#of(identity, 'Telemetry');
    await until(() => found().length >= count, {
      what: `${count} messages of ${identity.deviceId} at the event reader (${found().length})`,
      timeoutMs: 20_000,
    });
    return found();
  }

  /** The first telemetry message of one identity, or the first event of another source. */
  async firstOf(identity: DeviceIdentity, source = 'Telemetry'): Promise<ReceivedEventData> {
    const what = `${source} of ${identity.deviceId} at the event reader`;
    return until(() => this.#of(identity, source)[0], { what, timeoutMs: 20_000 });
  }

  async close(): Promise<void> {
    await this.#subscription.close();
    await this.#consumer.close();
  }

  #of({ deviceId, moduleId }: DeviceIdentity, source: string): ReceivedEventData[] {
    return this.#events.filter(
      ({ systemProperties: system }) =>
        system?.['iothub-connection-device-id'] === deviceId &&
        system['iothub-connection-module-id'] === moduleId &&
        system['iothub-message-source'] === source,
    );
  }
}

/** What a reader can tell of a message, without what differs from one to the next: its place, its time, its sender. */
export function asReaderSees({ body, properties, systemProperties, ...event }: ReceivedEventData) {
  const system = Object.fromEntries(Object.entries(systemProperties ?? {}).filter(([name]) => !isVolatile(name)));
  const { messageId, correlationId, contentType } = event;
  return { body: body as unknown, properties: properties ?? {}, system, messageId, correlationId, contentType };
}

/** `to` is what the client's protocol calls the endpoint: AMQP and HTTPS clients always send it, MQTT ones never do. */
function isVolatile(name: string): boolean {
  return /^x-opt-|^iothub-enqueuedtime$|^iothub-connection-(device|module)-id$|generation-id$|^to$/.test(name);
}
