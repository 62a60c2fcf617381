import type { QueuedCommand } from '@viaduct/contracts';
import { formatClock, formatDuration } from '../../../ui/format.ts';

/** Where a command of the queue is, in words. */
export interface CommandState {
  readonly kind: 'waiting' | 'delivered' | 'expired';
  readonly words: string;
  /** How it got there, or how it goes on; empty where the words say it all. */
  readonly note: string;
}

/** What is true of a command at `nowMs`, which may be later than the answer it came in. */
export function commandState(command: QueuedCommand, nowMs: number): CommandState {
  const { lockedUntil, expiresAt } = command;
  const isHeld = lockedUntil !== null && Date.parse(lockedUntil) > nowMs;
  if (isHeld) {
    const words = `In the device's hands until ${formatClock(Date.parse(lockedUntil))}`;
    return { kind: 'delivered', words, note: 'then it waits again, unless the device completes or rejects it' };
  }
  if (Date.parse(expiresAt) <= nowMs)
    return { kind: 'expired', words: 'Expired', note: 'it leaves the queue in a moment' };
  return { kind: 'waiting', words: 'Waiting', note: deliveries(command.deliveryCount) };
}

export function remaining(expiresAt: string, nowMs: number): string {
  const seconds = Math.floor((Date.parse(expiresAt) - nowMs) / 1_000);
  return seconds <= 0 ? 'expired' : `expires in ${formatDuration(seconds)}`;
}

/** Only what came back by abandon was counted. */
function deliveries(count: number): string {
  if (count === 0) return '';
  return count === 1 ? 'handed out once and given back' : `handed out ${count} times and given back`;
}

/** Whom the outcome is told to. */
export const ACK_WORDS = {
  none: 'no feedback',
  positive: 'feedback when completed',
  negative: 'feedback when not completed',
  full: 'feedback in any case',
} as const satisfies Record<QueuedCommand['ack'], string>;
