import type { CentralOptions } from '@viaduct/central';
import type { ServerConfig } from './config.ts';

/** What the configuration says of the history; null when none is kept. */
export function historySettings(config: ServerConfig): CentralOptions['historySettings'] {
  const { historyDays, historyBytes, historyMemoryBytes, historyThreads } = config;
  if (historyDays === 0) return null;
  return { days: historyDays, bytesMax: historyBytes, memoryBytes: historyMemoryBytes, threads: historyThreads };
}
