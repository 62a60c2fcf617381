import type { HistoryState } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import type { ConsoleParts } from './console-parts.ts';

/** How the history is doing, for whoever wonders why a chart stands still. */
export function historyStateRoutes(app: FastifyInstance, { history }: ConsoleParts): void {
  app.get('/history/state', async (): Promise<HistoryState> => {
    const { state, reason, behind, lagMs, points, series, bytes } = history.stats();
    const behindRecords = behind.reduce((sum, records) => sum + records, 0);
    return { state, reason, behindRecords, lagMs, points, series, bytes };
  });
}
