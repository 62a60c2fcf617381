import type { JsonObject } from '@viaduct/hub';
import type { LinkedHubRecord } from './linked-hub.ts';

/** Knows how far the hubs are. */
export interface MeasuresLatency {
  readonly latencies: {
    /** Round trip from this server, ms, as it was measured lately; undefined when the hub cannot be reached. Never throws. */
    latencyMs(hub: LinkedHubRecord, signal: AbortSignal): Promise<number | undefined>;
  };
}

/** Asks somebody else where a device belongs. */
export interface AsksWebhooks {
  readonly allocationWebhook: {
    /**
     * What the webhook answers, read as JSON.
     *
     * @throws HubError allocation.webhookFailed, allocation.webhookUnauthorized
     */
    ask(url: string, question: JsonObject, signal: AbortSignal): Promise<JsonObject>;
  };
}
