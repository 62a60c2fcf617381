import { BOOLEAN, type DuckDBConnection, UBIGINT, UINTEGER, VARCHAR } from '@duckdb/node-api';
import { type JsonObject, LIMITS } from '@viaduct/contracts';
import { patchTwinDocument, type TwinDocument, type TwinSection } from '../twin-change.ts';
import { appendRows } from './append-rows.ts';
import { inTransaction } from './history-database.ts';
import type { TwinCount, TwinVersionRecord } from './twin-recorder.ts';

const COLUMNS = [VARCHAR, VARCHAR, UINTEGER, UBIGINT, VARCHAR, UBIGINT, VARCHAR, BOOLEAN, VARCHAR];
/** Twins that are made whole in one round. */
const WHOLES_AT_ONCE = 100;

/** How far the versions of each twin are counted. */
export async function readTwinCounts(connection: DuckDBConnection): Promise<Map<string, TwinCount>> {
  const sql = `SELECT identity, arg_max(generation_id, time), arg_max(version, time),
      coalesce(max(section_version) FILTER (section = 'desired'), 0), bool_or(is_whole) FROM twin_version GROUP BY identity`;
  const rows = (await connection.runAndReadAll(sql)).getRows();
  return new Map(
    rows.map(([key, generationId, version, desiredVersion, isFounded]) => [
      String(key),
      {
        generationId: String(generationId),
        version: Number(version),
        desiredVersion: Number(desiredVersion),
        isFounded: isFounded === true,
      },
    ]),
  );
}

export function appendTwinVersions(writer: DuckDBConnection, versions: readonly TwinVersionRecord[]): Promise<void> {
  const rows = versions.map(({ key, generationId, version, time, section, sectionVersion, paths, isWhole, body }) => [
    ...[key, generationId, version, BigInt(time), section],
    sectionVersion === null ? null : BigInt(sectionVersion),
    ...[JSON.stringify(paths), isWhole, JSON.stringify(body)],
  ]);
  return appendRows(writer, 'twin_version', COLUMNS, rows);
}

/**
 * Puts the whole twin into the newest version of those that changed often since they were whole, so that any version is a few patches away
 * from one that is, and older ones can go. Takes a turn of the writer.
 */
export async function makeTwinsWhole(writer: DuckDBConnection): Promise<void> {
  const sql = `SELECT identity, generation_id, max(version), max(version) FILTER (is_whole) AS whole
    FROM twin_version GROUP BY ALL HAVING max(version) >= whole + ${LIMITS.TWIN_VERSIONS_PER_WHOLE} LIMIT ${WHOLES_AT_ONCE}`;
  for (const [key, generationId, version, whole] of (await writer.runAndReadAll(sql)).getRows()) {
    const identity = [String(key), String(generationId)];
    const between = `identity = ? AND generation_id = ? AND version BETWEEN ${Number(whole)} AND ${Number(version)}`;
    const read = await writer.runAndReadAll(
      `SELECT section, is_whole, body FROM twin_version WHERE ${between} ORDER BY version`,
      identity,
    );
    const twin = rebuildTwin(read.getRows() as unknown as TwinStep[]);
    await writer.run(
      `UPDATE twin_version SET is_whole = true, body = ? WHERE identity = ? AND generation_id = ? AND version = ${Number(version)}`,
      [JSON.stringify(twin), ...identity],
    );
  }
}

type TwinStep = readonly [section: TwinSection, isWhole: boolean, body: string];

/** The twin after these changes, of which the first is whole. */
function rebuildTwin(steps: readonly TwinStep[]): TwinDocument {
  return steps.reduce<TwinDocument>(
    (twin, [section, isWhole, body]) =>
      isWhole ? (JSON.parse(body) as TwinDocument) : patchTwinDocument(twin, section, JSON.parse(body) as JsonObject),
    { tags: {}, desired: {}, reported: {} },
  );
}

/** Versions that are too old, or too many of one twin; those that a later one is built from stay. */
export async function retainTwinVersions(writer: DuckDBConnection, oldestTime: number): Promise<void> {
  await inTransaction(writer, async () => {
    await writer.run(
      `DELETE FROM twin_version USING (
         SELECT identity AS i, generation_id AS g, max(version) FILTER (is_whole AND (time < ${oldestTime} OR version + ${LIMITS.TWIN_VERSIONS_MAX} <= newest)) AS base
         FROM (SELECT *, max(version) OVER (PARTITION BY identity, generation_id) AS newest FROM twin_version) GROUP BY ALL
       ) AS old WHERE identity = i AND generation_id = g AND version < base`,
    );
  });
}
