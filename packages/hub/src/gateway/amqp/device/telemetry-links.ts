import { HubError } from '@viaduct/contracts';
import { amqpErrorOf } from '../amqp-error.ts';
import type { AttachRequest, IncomingLink } from '../engine/engine.ts';
import type { DeviceLinkHost, DeviceLinks } from './device-links.ts';
import { TelemetryReceiver } from './telemetry-receiver.ts';

/** The link on which an identity sends telemetry. A second one takes the first one's place. */
export class TelemetryLinks implements DeviceLinks {
  readonly #host: DeviceLinkHost;
  #link: IncomingLink | undefined;

  constructor(host: DeviceLinkHost) {
    this.#host = host;
  }

  /** @throws HubError protocol.violation */
  attach(request: AttachRequest): void {
    if (request.peerReceives) throw new HubError('protocol.violation', 'telemetry is sent, not received, by a device');
    const older = this.#link;
    const receiver = new TelemetryReceiver(this.#host, () => this.#ended(link));
    const link = request.acceptIncoming(receiver);
    receiver.begin(link);
    this.#link = link;
    this.#host.linkBegan(link);
    older?.detach(amqpErrorOf(new HubError('connection.replaced', 'a newer link for telemetry took over')));
  }

  /** What was taken is still acknowledged when it is durable, as far as the device can hear it. */
  async close(): Promise<void> {
    this.#link = undefined;
  }

  #ended(link: IncomingLink): void {
    if (this.#link === link) this.#link = undefined;
    this.#host.linkEnded(link);
  }
}
