import { BOOLEAN, type DuckDBConnection, UBIGINT, VARCHAR } from '@duckdb/node-api';
import { appendRows } from './append-rows.ts';

/** A device or module came or left. */
export interface ConnectionChange {
  readonly key: string;
  readonly generationId: string;
  readonly time: number;
  readonly isConnected: boolean;
}

export function appendConnectionChanges(writer: DuckDBConnection, changes: readonly ConnectionChange[]): Promise<void> {
  const rows = changes.map(({ key, generationId, time, isConnected }) => [
    key,
    generationId,
    BigInt(time),
    isConnected,
  ]);
  return appendRows(writer, 'connection_change', [VARCHAR, VARCHAR, UBIGINT, BOOLEAN], rows);
}

/** What is too old; of each device the newest of those stays, for it says how it was from then on. */
export async function retainConnectionChanges(writer: DuckDBConnection, oldestTime: number): Promise<void> {
  await writer.run(
    `DELETE FROM connection_change USING (
       SELECT identity AS i, max(time) AS newest FROM connection_change WHERE time < ${oldestTime} GROUP BY identity
     ) AS old WHERE identity = i AND time < newest`,
  );
}
