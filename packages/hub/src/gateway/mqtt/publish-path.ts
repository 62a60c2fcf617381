import { isUtf8 } from 'node:buffer';
import { HubError, LIMITS, partitionFor, telemetryTopic } from '@viaduct/contracts';
import type { Commit } from '@viaduct/log';
import type { AppendsToLog } from '../../core/ports.ts';
import { RecordFlag, RecordStamp, Source, type Speaker } from '../../core/record/record.ts';
import { requireTelemetrySize } from '../../core/telemetry/accept-telemetry.ts';

const QOS_MASK = 0b0110;
const QOS_1 = 0b0010;
const DUP_BIT = 0b1000;
const RETAIN_BIT = 0b0001;
const SLASH = 0x2f;

/** Stamp and property bag side by side, for messages that have a bag. One for all: `log.write` copies before it returns. */
const scratch = Buffer.allocUnsafe(1_024 + 65_536);

/**
 * Telemetry at full rate: from the received bytes of a PUBLISH to the log's write buffer with two copies and no object,
 * closure or promise per message.
 *
 *     header │ topic: devices/{d}/messages/events/ + bag │ packet id │ body          as received
 *     stamp │ bag │ body                                                             as logged
 *
 * What must be checked at the door is checked here: shape, owner of the topic, UTF-8, size. The bag is decoded by readers.
 */
export class PublishPath {
  /** Packet id of the message last taken; 0 for QoS 0. */
  packetId = 0;
  readonly #hub: AppendsToLog;
  readonly #partition: number;
  readonly #stamp: RecordStamp;
  readonly #prefix: Buffer;

  constructor(hub: AppendsToLog, speaker: Speaker) {
    this.#hub = hub;
    this.#partition = partitionFor(speaker.deviceId, hub.eventPartitions);
    this.#stamp = new RecordStamp(speaker, Source.telemetry);
    this.#prefix = Buffer.from(telemetryTopic(speaker), 'latin1');
  }

  /**
   * Takes the PUBLISH whose variable header starts at `start`. Returns the commit it went into, or undefined when its topic is
   * not this device's telemetry (then nothing was done).
   *
   * @throws HubError packet.malformed, protocol.violation, message.tooLarge, log.unavailable
   */
  take(input: Buffer, flags: number, start: number, end: number): Commit | undefined {
    const topicStart = start + 2;
    const topicEnd = topicStart + (((input[start] as number) << 8) | (input[start + 1] as number));
    const bodyStart = (flags & QOS_MASK) === 0 ? topicEnd : topicEnd + 2;
    if (topicStart > end || bodyStart > end)
      throw new HubError('packet.malformed', 'a PUBLISH is shorter than its topic');
    if ((flags & QOS_MASK) > QOS_1) throw new HubError('protocol.violation', 'QoS 2 is not supported');
    if (!this.isOwnTelemetry(input, topicStart, topicEnd)) return undefined;

    this.packetId = bodyStart === topicEnd ? 0 : ((input[topicEnd] as number) << 8) | (input[topicEnd + 1] as number);
    if (this.packetId === 0 && bodyStart !== topicEnd)
      throw new HubError('packet.malformed', 'packet id 0 is not allowed');

    const recordFlags = flags & (DUP_BIT | RETAIN_BIT) ? mqttFlags(flags) : 0;
    const bagStart = Math.min(topicStart + this.#prefix.length + 1, topicEnd);
    const bagBytes = topicEnd - bagStart;
    const { log } = this.#hub;
    const { bytes } = this.#stamp;
    this.#stamp.set(recordFlags, bagBytes);
    if (bagBytes === 0) {
      requireBodySize(end - bodyStart);
      return log.write(this.#partition, bytes, bytes.length, input, bodyStart, end);
    }
    requireBag(input, bagStart, topicEnd, end - bodyStart);
    bytes.copy(scratch);
    input.copy(scratch, bytes.length, bagStart, topicEnd);
    return log.write(this.#partition, scratch, bytes.length + bagBytes, input, bodyStart, end);
  }

  /** Length of the topic without its property bag. */
  get topicBytes(): number {
    return this.#prefix.length;
  }

  isOwnTelemetry(input: Buffer, topicStart: number, topicEnd: number): boolean {
    const prefix = this.#prefix;
    const length = prefix.length;
    const prefixEnd = topicStart + length;
    if (prefixEnd > topicEnd || (prefixEnd < topicEnd && input[prefixEnd] !== SLASH)) return false;
    for (let i = 0; i < length; i++) {
      if (input[topicStart + i] !== prefix[i]) return false;
    }
    return true;
  }
}

function mqttFlags(flags: number): number {
  return (flags & RETAIN_BIT ? RecordFlag.retain : 0) | (flags & DUP_BIT ? RecordFlag.duplicate : 0);
}

function requireBodySize(bytes: number): void {
  if (bytes > LIMITS.TELEMETRY_BYTES_MAX) requireTelemetrySize('', bytes);
}

/** @throws HubError packet.malformed for bytes no topic may hold, message.tooLarge */
function requireBag(input: Buffer, start: number, end: number, bodyBytes: number): void {
  let seen = 0;
  for (let i = start; i < end; i++) {
    const byte = input[i] as number;
    if (byte === 0) throw new HubError('packet.malformed', 'a topic may not hold U+0000');
    seen |= byte;
  }
  if (seen > 0x7f && !isUtf8(input.subarray(start, end)))
    throw new HubError('packet.malformed', 'a topic is not UTF-8');
  if (bodyBytes + (end - start) > LIMITS.TELEMETRY_BYTES_MAX)
    requireTelemetrySize(input.toString('utf8', start, end), bodyBytes);
}
