import { EventHubConsumerClient } from '@azure/event-hubs';
import type { Ledger } from './ledger.ts';

export interface EventReader {
  /** What went wrong on the way; the client goes on by itself. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** The official Event Hubs client, from the first event on, through every death of the server. */
export function readEvents(
  connectionString: string,
  ledger: Ledger,
  isOurs: (deviceId: string) => boolean,
): EventReader {
  const errors: string[] = [];
  const client = new EventHubConsumerClient('$Default', connectionString, {
    retryOptions: { maxRetries: 10_000, retryDelayInMs: 500, maxRetryDelayInMs: 2_000, timeoutInMs: 10_000 },
  });
  const subscription = client.subscribe(
    {
      async processEvents(events) {
        for (const { body, systemProperties } of events) {
          const deviceId = String(systemProperties?.['iothub-connection-device-id']);
          if (systemProperties?.['iothub-message-source'] !== 'Telemetry' || !isOurs(deviceId)) continue;
          // Bodies without a content type come as bytes, or parsed when they look like JSON.
          ledger.seen(deviceId, Number(Buffer.isBuffer(body) ? body.toString() : body));
        }
      },
      async processError(error) {
        if (errors.length < 1_000) errors.push(error.message);
      },
    },
    { startPosition: { sequenceNumber: -1 }, maxBatchSize: 1_000, maxWaitTimeInSeconds: 2 },
  );
  return {
    errors,
    async close() {
      await subscription.close();
      await client.close();
    },
  };
}
