import { HubError } from '@viaduct/contracts';
import type { EventLog } from '@viaduct/log';

/**
 * Where a reader wants to start, from the selector filter of its link. Pure.
 *
 *     amqp.annotation.x-opt-offset > '-1'                 from the oldest; also unquoted
 *     amqp.annotation.x-opt-offset > '@latest'            only what comes from now on
 *     amqp.annotation.x-opt-sequence-number >= '5'        from a sequence number, or after it with >
 *     amqp.annotation.x-opt-enqueued-time > '17…'         by time, ms since 1970; also x-opt-enqueuedtimeutc
 *
 * An offset *is* the sequence number here. Source: the selector texts of the Event Hubs clients; docs/protocol/amqp.md
 */
export type EventPosition =
  | { readonly kind: 'latest' }
  /** The first offset wanted. */
  | { readonly kind: 'offset'; readonly from: number }
  /** The first enqueued time wanted, ms since 1970. */
  | { readonly kind: 'time'; readonly from: number };

export const EARLIEST: EventPosition = { kind: 'offset', from: 0 };

const SELECTOR = /^\s*amqp\.annotation\.(x-opt-[a-z-]+)\s*(>=?)\s*(?:'([^']{1,32})'|([^'\s]{1,32}))\s*$/i;
const OFFSET_NAMES = new Set(['x-opt-offset', 'x-opt-sequence-number', 'x-opt-offset-long']);
const TIME_NAMES = new Set(['x-opt-enqueued-time', 'x-opt-enqueuedtimeutc']);

/** @throws HubError argument.invalid */
export function parseEventSelector(selector: string): EventPosition {
  const [, name = '', comparison, quoted, bare] = SELECTOR.exec(selector) ?? [];
  const operand = quoted ?? bare ?? '';
  const isOffset = OFFSET_NAMES.has(name.toLowerCase());
  if (isOffset && operand.toLowerCase() === '@latest') return { kind: 'latest' };

  const number = /^-?\d{1,15}$/.test(operand) ? Number(operand) : undefined;
  if (number === undefined || (!isOffset && !TIME_NAMES.has(name.toLowerCase()))) {
    throw new HubError('argument.invalid', `the filter "${selector.slice(0, 120)}" is not understood`);
  }
  const from = Math.max(0, comparison === '>=' ? number : number + 1);
  return isOffset ? { kind: 'offset', from } : { kind: 'time', from };
}

/**
 * The offset at which to begin.
 *
 * @throws HubError argument.invalid when the reader has seen offsets that this log never had: it belongs to another log, and
 * waiting for the number to come round would silently lose everything until then
 */
export async function startOffset(log: EventLog, partition: number, position: EventPosition): Promise<number> {
  const { next } = log.bounds(partition);
  if (position.kind === 'latest') return next;
  if (position.kind === 'time') return await log.offsetAt(partition, position.from);
  if (position.from > next) {
    throw new HubError(
      'argument.invalid',
      `the reader asks for offset ${position.from} of partition ${partition}, whose next is ${next}`,
    );
  }
  return position.from;
}
