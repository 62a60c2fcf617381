import { HubError, LIMITS, parsePropertyBag, partitionFor } from '@viaduct/contracts';
import type { LogPosition } from '@viaduct/log';
import type { AppendsToLog, Throttles } from '../ports.ts';
import { encodeRecord, RecordFlag, Source, type Speaker } from '../record/record.ts';

export interface TelemetryMessage {
  /** Property bag as MQTT writes it; other gateways format theirs. */
  readonly bag: string;
  readonly body: Uint8Array;
  /** Bits of RecordFlag. */
  readonly flags: number;
}

/**
 * Accepts one telemetry message, whichever protocol brought it. The MQTT gateway has a path of its own for QoS 1 at full
 * rate, which writes the same record without a promise per message (`gateway/mqtt/publish-path.ts`).
 *
 * Resolves once the log holds the message durably. A gateway acknowledges after this resolves and never before.
 *
 * @throws HubError message.tooLarge, quota.dailyExceeded (retry), log.unavailable (retry)
 */
export async function acceptTelemetry(
  hub: AppendsToLog & Throttles,
  speaker: Speaker,
  message: TelemetryMessage,
): Promise<LogPosition> {
  admit(hub, message);
  return append(hub, speaker, message);
}

/**
 * Accepts many messages of one device, all or none: a refusal comes before the first is written. Only when the log fails half-way
 * may some be kept, as with any message whose acknowledgement is lost.
 *
 * @throws HubError as `acceptTelemetry`
 */
export async function acceptTelemetryBatch(
  hub: AppendsToLog & Throttles,
  speaker: Speaker,
  messages: readonly TelemetryMessage[],
): Promise<void> {
  for (const message of messages) admit(hub, message);
  // Started one after another, which fixes their order, then waited for together: a batch is as fast as a message.
  await Promise.all(messages.map((message) => append(hub, speaker, message)));
}

function admit(hub: Throttles, { bag, body, flags }: TelemetryMessage): void {
  requireTelemetrySize(bag, body.length);
  // A last will is the server's to send: nobody could be told that it was refused.
  if ((flags & RecordFlag.will) === 0) hub.throttle?.countMessage(bag.length + body.length);
}

async function append(
  hub: AppendsToLog,
  speaker: Speaker,
  { bag, body, flags }: TelemetryMessage,
): Promise<LogPosition> {
  // By device, not round robin: readers rely on one device's messages staying in order.
  const partition = partitionFor(speaker.deviceId, hub.eventPartitions);
  return hub.log.append(partition, encodeRecord(speaker, Source.telemetry, flags, bag, body));
}

/**
 * The size that counts: body, values of system properties, names and values of application properties. The raw bag is an
 * upper bound of its decoded parts, so it is only taken apart when the sum comes near the limit.
 *
 * @throws HubError message.tooLarge
 */
export function requireTelemetrySize(bag: string, bodyBytes: number): void {
  if (bodyBytes + bag.length <= LIMITS.TELEMETRY_BYTES_MAX) return;
  const { system, application } = parsePropertyBag(bag);
  const texts = [...Object.values(system), ...Object.entries(application).flat()];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), bodyBytes);
  if (bytes > LIMITS.TELEMETRY_BYTES_MAX) {
    throw new HubError(
      'message.tooLarge',
      `the message has ${bytes} bytes; at most ${LIMITS.TELEMETRY_BYTES_MAX} are accepted`,
    );
  }
}
