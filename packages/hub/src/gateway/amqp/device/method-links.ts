import { asHubError, HubError } from '@viaduct/contracts';
import { newGuid } from '../../../core/command/new-guid.ts';
import type { MethodAnswer, MethodCall } from '../../../core/session/device-session.ts';
import { amqpErrorOf, isFault } from '../amqp-error.ts';
import { uuidBytes } from '../codec/guid-bytes.ts';
import type { AttachRequest, IncomingDelivery } from '../engine/engine.ts';
import type { DeviceLinkHost, DeviceLinks } from './device-links.ts';
import { LinkPair } from './link-pair.ts';
import { METHOD_CALL_PAYLOAD, parseMethodAnswer } from './method-payload.ts';

interface Call {
  readonly call: MethodCall;
  resolve(answer: MethodAnswer): void;
  reject(error: unknown): void;
}

/**
 * Method calls of one identity: out on the device's receiver, back on its sender, paired by correlation id.
 *
 *     invoke ─► #unsent ─ credit ─► #waiting ─ answer ─► resolved
 *                  └────────────┴─ a link goes · signal aborts ─► rejected
 *
 * How many calls there may be at once is the core's rule. An answer nobody waits for (late, twice, made up) is ignored.
 */
export class MethodLinks implements DeviceLinks {
  readonly #host: DeviceLinkHost;
  readonly #links: LinkPair;
  readonly #unsent = new Map<string, Call>();
  readonly #waiting = new Map<string, Call>();
  #closed = false;

  constructor(host: DeviceLinkHost) {
    this.#host = host;
    this.#links = new LinkPair(host, 'methods', {
      ready: () => this.#ready(),
      message: (delivery) => this.#answered(delivery),
      gone: () => this.#rejectAll('the device gave up its method links before it answered'),
    });
  }

  /** Whether the device has a receiver for calls. A call may still wait for credit. */
  get listens(): boolean {
    return !this.#closed && this.#links.outgoing?.isOpen === true;
  }

  attach(request: AttachRequest): void {
    this.#links.attach(request);
  }

  /**
   * Resolves with the device's answer. The time it waits for credit and answer is the signal's.
   *
   * @throws HubError device.notOnline, method.badResponse (no status); the signal's reason
   */
  invoke(call: MethodCall, signal: AbortSignal): Promise<MethodAnswer> {
    return new Promise<MethodAnswer>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (!this.listens) return reject(notOnline('the device does not listen for methods any more'));
      const id = newGuid(this.#host.hub);
      const settle = (then: () => void) => {
        signal.removeEventListener('abort', aborted);
        this.#unsent.delete(id);
        this.#waiting.delete(id);
        then();
      };
      const aborted = () => settle(() => reject(signal.reason));
      signal.addEventListener('abort', aborted, { once: true });
      this.#unsent.set(id, {
        call,
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (error) => settle(() => reject(error)),
      });
      this.#sendAll();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#rejectAll('the device disconnected before it answered');
  }

  #ready(): void {
    this.#sendAll();
    const link = this.#links.outgoing;
    if (link?.draining) link.drained();
    if (link?.canSend && !this.#closed) this.#host.hub.sessions.readyForMethods(this.#host.speaker);
  }

  #sendAll(): void {
    for (const [id, call] of this.#unsent) {
      const link = this.#links.outgoing;
      if (link?.canSend !== true) return;
      this.#unsent.delete(id);
      this.#waiting.set(id, call);
      link.send(uuidBytes(id), METHOD_CALL_PAYLOAD, { id, call: call.call });
    }
  }

  #answered(delivery: IncomingDelivery): void {
    this.#host.heard();
    try {
      const { id, result } = parseMethodAnswer(delivery.payload);
      const call = this.#waiting.get(id);
      if (result instanceof HubError) call?.reject(result);
      else call?.resolve(result);
      delivery.accept();
    } catch (thrown) {
      if (isFault(thrown)) this.#host.fault(thrown);
      else this.#host.refused(asHubError(thrown));
      delivery.reject(amqpErrorOf(thrown));
    }
  }

  #rejectAll(why: string): void {
    for (const call of [...this.#unsent.values(), ...this.#waiting.values()]) call.reject(notOnline(why));
  }
}

function notOnline(why: string): HubError {
  return new HubError('device.notOnline', why);
}
