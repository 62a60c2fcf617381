import { join } from 'node:path';
import { HubError } from '@viaduct/contracts';
import type { Hub, OnFault } from '@viaduct/hub';
import type { History, HistoryStats } from './history.ts';
import { StoredHistory } from './stored-history.ts';
import type { HistorySettings } from './thread-messages.ts';

export interface HistoryOptions {
  readonly hub: Hub;
  /** The data folder. */
  readonly directory: string;
  /** Null: none is kept. */
  readonly settings: HistorySettings | null;
  readonly onFault: OnFault;
}

export interface OpenHistory extends History {
  /** Writes what was taken, and lets go of the file. */
  close(): Promise<void>;
}

/** The history in `history.duckdb`. It is opened behind the scenes, and queries wait for that. */
export function openHistory({ settings, directory, ...options }: HistoryOptions): OpenHistory {
  if (settings === null) return NO_HISTORY;
  return new StoredHistory({ ...options, settings, file: join(directory, 'history.duckdb') });
}

const NO_STATS: HistoryStats = {
  ...{ state: 'off', reason: 'no history is kept: the configuration says 0 days' },
  ...{ behind: [], lagMs: 0, missed: 0, pointsWritten: 0, series: 0, points: 0, bytes: 0, parts: 0, pointsRemoved: 0 },
  ...{ lastRetentionTime: 0, queriesRunning: 0, queriesWaiting: 0, queriesAnswered: 0, queriesUnanswered: 0 },
  dropped: { notJson: 0, notANumber: 0, nameUnusable: 0, tooManySeries: 0, valueTooLarge: 0, deviceRemoved: 0 },
};

async function refuse(): Promise<never> {
  throw new HubError('history.unavailable', 'no history is kept: the configuration says 0 days');
}

const NO_HISTORY: OpenHistory = {
  query: refuse,
  writeParquet: refuse,
  seriesOf: () => [],
  seriesNamed: () => [],
  droppedOf: async () => ({}),
  caughtUp: async () => {},
  stats: () => NO_STATS,
  close: async () => {},
};
