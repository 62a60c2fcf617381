import type { AmqpWriter } from '../codec/amqp-writer.ts';
import type { AmqpError, Outcome } from './engine.ts';

/** Codes of delivery states. Source: AMQP 1.0 part 3 §3.4. */
const DeliveryState = {
  received: 0x23,
  accepted: 0x24,
  rejected: 0x25,
  released: 0x26,
  modified: 0x27,
} as const;

const DISPOSITION = 0x15;
const ERROR = 0x1d;

export interface Disposition {
  readonly channel: number;
  /** Whether we speak as the receiver of the deliveries. */
  readonly asReceiver: boolean;
  readonly first: number;
  readonly last: number;
  readonly error?: AmqpError | undefined;
}

/**
 * Writes a settled disposition: accepted, or rejected when there is an error. All fields are there, for one client takes
 * lists by position and cannot do with shorter ones.
 */
export function writeDisposition(writer: AmqpWriter, { channel, asReceiver, first, last, error }: Disposition): void {
  const frame = writer.openFrame(0, channel);
  writer.descriptor(DISPOSITION);
  const fields = writer.openList();
  writer.boolean(asReceiver);
  writer.uint(first);
  writer.uint(last);
  writer.boolean(true);
  if (error === undefined) writeState(writer, DeliveryState.accepted, 0);
  else writeRejected(writer, error);
  writer.boolean(false);
  writer.close(fields, 6);
  writer.closeFrame(frame);
}

function writeRejected(writer: AmqpWriter, { condition, description, info }: AmqpError): void {
  const rejected = writeState(writer, DeliveryState.rejected, 1);
  writer.descriptor(ERROR);
  const error = writer.openList();
  writer.symbol(condition);
  writer.string(description);
  if (info === undefined) writer.null();
  else writeInfo(writer, info);
  writer.close(error, 3);
  writer.close(rejected, 1);
}

function writeInfo(writer: AmqpWriter, info: NonNullable<AmqpError['info']>): void {
  const entries = Object.entries(info);
  const map = writer.openMap();
  for (const [key, value] of entries) {
    writer.symbol(key);
    if (typeof value === 'number') writer.int(value);
    else writer.string(value);
  }
  writer.close(map, entries.length * 2);
}

/** An empty state is complete; one with fields is to be closed by the caller. */
function writeState(writer: AmqpWriter, code: number, fields: number): number {
  writer.descriptor(code);
  const mark = writer.openList();
  if (fields === 0) writer.close(mark, 0);
  return mark;
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  [DeliveryState.accepted]: 'accepted',
  [DeliveryState.rejected]: 'rejected',
  [DeliveryState.released]: 'released',
  [DeliveryState.modified]: 'modified',
  'amqp:accepted:list': 'accepted',
  'amqp:rejected:list': 'rejected',
  'amqp:released:list': 'released',
  'amqp:modified:list': 'modified',
};

/** What a peer's delivery state means; undefined for `received` and for none, which decide nothing. */
export function outcomeOf(descriptor: unknown): Outcome | undefined {
  return OUTCOMES[String(descriptor)];
}
