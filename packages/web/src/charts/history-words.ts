import type { HistoryState } from '@viaduct/contracts';
import { formatDuration, formatNumber } from '../ui/format.ts';

/** What a reader of charts should know of the history. */
export interface HistoryWords {
  readonly what: string;
  /** What to do, or to expect. */
  readonly advice: string;
  /** It does not mend by itself. */
  readonly isBad: boolean;
}

/** A point is usually there half a second after its message; behind by more than this, charts of the past stand still to see, ms. */
const LAG_MS_MAX = 10_000;

/** Why charts of the past may be empty or stand still; null while they do not. Pure. */
export function historyWords({ state, reason, lagMs, behindRecords }: HistoryState): HistoryWords | null {
  switch (state) {
    case 'off':
      return {
        what: 'No history is kept.',
        advice:
          'What is heard while the page is open is drawn; longer times stay empty. Start the server with `--history-days 30` to keep it.',
        isBad: false,
      };
    case 'opening':
      return {
        what: 'The history is being opened.',
        advice: 'Charts of the past appear by themselves in a moment.',
        isBad: false,
      };
    case 'diskFull':
      return {
        what: `The history writes nothing: ${reason ?? 'the disk is full'}.`,
        advice:
          'Make room on the disk, or keep less with `--history-days` or `--history-bytes`. Devices go on, and it catches up from the log when there is room.',
        isBad: true,
      };
    case 'failed':
      return {
        what: `The history cannot be read: ${reason ?? 'its store failed'}.`,
        advice:
          "It is opened again by itself; the server's log says more. Devices go on, and what they say waits in the log.",
        isBad: true,
      };
    case 'running':
      if (lagMs < LAG_MS_MAX) return null;
      return {
        what: `Charts of the past are ${formatDuration(Math.round(lagMs / 1_000))} behind: ${formatNumber(behindRecords)} messages wait to be read.`,
        advice:
          'Nothing is lost while the log keeps them. If it stays so, the machine is too busy, or `--history-threads` too few.',
        isBad: false,
      };
    default:
      return state satisfies never;
  }
}
