import { asHubError, type HubError, parsePropertyBag } from '@viaduct/contracts';
import { FAULT_PROPERTY_PREFIX, type InjectedFault, readInjectedFault } from '../../core/fault/injected-fault.ts';
import type { Hub } from '../../core/hub.ts';
import type { Speaker } from '../../core/record/record.ts';
import type { PublishPath } from './publish-path.ts';

/** What becomes of one PUBLISH before it is looked at further. */
export type Passage =
  | { readonly kind: 'pass'; readonly holdMs: number }
  /** A QoS 0 message beyond what may wait: nobody is told, as MQTT allows. */
  | { readonly kind: 'dropped'; readonly refusal: HubError }
  /** An order, carried out now; never acknowledged. */
  | { readonly kind: 'fault'; readonly fault: InjectedFault; readonly order: string | null }
  /** An order that was carried out already: acknowledged so that the client stops sending it. */
  | { readonly kind: 'done'; readonly packetId: number };

const PASS: Passage = { kind: 'pass', holdMs: 0 };
const QOS_MASK = 0b0110;

/**
 * Stands before the publish path where something is limited or faults may be ordered; where neither is so there is no gate,
 * and a message pays for one comparison.
 */
export class PublishGate {
  readonly #hub: Hub;
  readonly #speaker: Speaker;

  /** Null when nothing needs one. */
  static before(hub: Hub, speaker: Speaker): PublishGate | null {
    return hub.throttle === null && hub.faultInjection === null ? null : new PublishGate(hub, speaker);
  }

  private constructor(hub: Hub, speaker: Speaker) {
    this.#hub = hub;
    this.#speaker = speaker;
  }

  /**
   * Judges the PUBLISH whose variable header starts at `start`. What is malformed passes: the path words the refusal.
   *
   * @throws HubError throttle.exceeded, quota.dailyExceeded for QoS 1; argument.invalid for an order that makes no sense
   */
  judge(path: PublishPath, input: Buffer, flags: number, start: number, end: number): Passage {
    const topicStart = start + 2;
    const topicEnd = topicStart + (((input[start] as number) << 8) | (input[start + 1] as number));
    const qos = (flags & QOS_MASK) >> 1;
    const bodyStart = qos === 0 ? topicEnd : topicEnd + 2;
    if (qos > 1 || bodyStart > end || !path.isOwnTelemetry(input, topicStart, topicEnd)) return PASS;
    const bagStart = Math.min(topicStart + path.topicBytes + 1, topicEnd);
    if (this.#hub.faultInjection !== null) {
      const ordered = this.#findOrder(input, bagStart, topicEnd, qos);
      if (ordered !== undefined) return ordered;
    }
    return this.#takeShare(end - bodyStart + topicEnd - bagStart, qos);
  }

  #findOrder(input: Buffer, bagStart: number, topicEnd: number, qos: number): Passage | undefined {
    const bag = input.subarray(bagStart, topicEnd);
    if (!bag.includes(FAULT_PROPERTY_PREFIX)) return undefined;
    const order = bag.toString('utf8');
    const fault = readInjectedFault(parsePropertyBag(order).application);
    if (fault === undefined) return undefined;
    // Without an acknowledgement nobody sends it again.
    if (qos === 0) return { kind: 'fault', fault, order: null };
    if (this.#hub.faultInjection?.isRepeat(this.#speaker, order))
      return { kind: 'done', packetId: input.readUInt16BE(topicEnd) };
    return { kind: 'fault', fault, order };
  }

  #takeShare(bytes: number, qos: number): Passage {
    const { throttle } = this.#hub;
    if (throttle === null) return PASS;
    try {
      const holdMs = throttle.take(this.#speaker, 'telemetry');
      throttle.countMessage(bytes);
      return holdMs === 0 ? PASS : { kind: 'pass', holdMs };
    } catch (error) {
      if (qos === 0) return { kind: 'dropped', refusal: asHubError(error) };
      throw error;
    }
  }
}
