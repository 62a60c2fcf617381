import { type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';
import type { BooksRefusals } from '../hub.ts';
import type { TellsTime, Transport } from '../ports.ts';
import { faultRefusal, type InjectedFault, isInvokedError } from './injected-fault.ts';

export interface OrderedFault {
  readonly identity: DeviceIdentity;
  readonly fault: InjectedFault;
  readonly transport: Transport;
  readonly remoteAddress: string;
}

interface HeldFault {
  readonly fault: InjectedFault;
  readonly beginTime: number;
  readonly endTime: number;
  /** Tells the message that was the order, when a client will send it again because it was not acknowledged. */
  repeat: string | null;
}

/**
 * The faults that devices ordered for themselves, to test how they recover.
 *
 *     order ─► delay ─► the fault holds for its duration ─► service is normal
 *
 * A fault is its own device's only: whoever may send telemetry may order it, so it must not be able to hurt anybody else.
 */
export class FaultInjection {
  readonly #hub: TellsTime & BooksRefusals;
  readonly #held = new Map<string, HeldFault>();

  constructor(hub: TellsTime & BooksRefusals) {
    this.#hub = hub;
  }

  /**
   * Notes a fault, and tells the operator. The gateway carries it out after its delay.
   *
   * @param repeat tells the message again, where the client sends it until it is acknowledged
   */
  order({ identity, fault, transport, remoteAddress }: OrderedFault, repeat: string | null = null): void {
    const now = this.#hub.clock.now();
    const beginTime = now + fault.delaySeconds * 1_000;
    const key = identityKey(identity);
    this.#held.delete(key);
    this.#held.set(key, { fault, beginTime, endTime: beginTime + fault.durationSeconds * 1_000, repeat });
    if (this.#held.size > LIMITS.FAULTS_MAX) this.#forgetOldest();
    const message = `${faultRefusal(fault).message}, in ${fault.delaySeconds} s for ${fault.durationSeconds} s`;
    this.#hub.refusals.record({
      deviceId: identity.deviceId,
      code: 'fault.injected',
      message,
      transport,
      remoteAddress,
    });
  }

  /**
   * Whether this message is the order that was carried out already, sent again by a client that was cut off before it was
   * acknowledged. Told once: the same order given anew is an order.
   */
  isRepeat(identity: DeviceIdentity, order: string): boolean {
    const held = this.#held.get(identityKey(identity));
    if (held === undefined || held.repeat !== order || this.#hub.clock.now() < held.beginTime) return false;
    held.repeat = null;
    return true;
  }

  /** @throws HubError fault.injected while the device's connections are to be broken */
  requireConnect(identity: DeviceIdentity): void {
    const fault = this.#now(identity);
    if (fault !== undefined && !isInvokedError(fault)) throw faultRefusal(fault);
  }

  /** For protocols that can refuse one message. @throws HubError what the fault invokes, while it holds */
  requireSend(identity: DeviceIdentity): void {
    const fault = this.#now(identity);
    if (fault !== undefined && isInvokedError(fault)) throw faultRefusal(fault);
  }

  #now(identity: DeviceIdentity): InjectedFault | undefined {
    const held = this.#held.get(identityKey(identity));
    const now = this.#hub.clock.now();
    return held !== undefined && now >= held.beginTime && now < held.endTime ? held.fault : undefined;
  }

  #forgetOldest(): void {
    for (const key of this.#held.keys()) {
      this.#held.delete(key);
      return;
    }
  }
}
