import type { AppendsToLog } from '../ports.ts';
import type { OutgoingMessage } from './compiled-routing.ts';
import type { EndpointConnection } from './endpoint.ts';

/**
 * What happened to devices and is routed to the built-in endpoint is copied among its telemetry (ADR 0004), as it is; enrichments
 * come when it is read. A crash between the copy and its checkpoint makes it come twice, as at any endpoint.
 */
export class BuiltInCopy implements EndpointConnection {
  readonly #hub: AppendsToLog;

  constructor(hub: AppendsToLog) {
    this.#hub = hub;
  }

  /** @throws HubError log.unavailable (retry) */
  async deliver(messages: readonly OutgoingMessage[]): Promise<void> {
    const { log, eventPartitions } = this.#hub;
    await Promise.all(messages.map(({ partition, record }) => log.append(partition - eventPartitions, record)));
  }

  async close(): Promise<void> {}
}
