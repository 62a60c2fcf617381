import {
  type DeviceIdentity,
  HubError,
  identityKey,
  type JsonObject,
  LIMITS,
  type TwinVersion,
  type TwinVersionRow,
} from '@viaduct/contracts';
import type { History } from './history.ts';
import { patchTwinDocument, type TwinDocument, type TwinSection } from './twin-change.ts';

type Row = readonly [
  version: number,
  time: number,
  section: TwinSection,
  sectionVersion: number | null,
  paths: string,
  isWhole: boolean,
  body: string,
];

const OF_TWIN = `FROM twin_version WHERE identity = ? AND generation_id = ?`;

/** What became of a twin: one version a change, newest first. Another device that had the same id is another one. */
export async function listTwinVersions(
  history: History,
  device: DeviceIdentity & { readonly generationId: string },
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<{ readonly items: readonly TwinVersionRow[]; readonly total: number; readonly isCut: boolean }> {
  const of = [identityKey(device), device.generationId];
  const counted = await history.query(`SELECT count(*) ${OF_TWIN}`, of, { rowsMax: 1 });
  const sql = `SELECT version, time, section, section_version, paths, is_whole, '' ${OF_TWIN}
    AND (? IS NULL OR version < ?) ORDER BY version DESC`;
  const { rows, isCut } = await history.query(sql, [...of, before, before], { rowsMax: limit });
  return { items: (rows as readonly Row[]).map(describe), total: Number(counted.rows[0]?.[0] ?? 0), isCut };
}

/** @throws HubError twin.versionNotKept */
export async function getTwinVersion(
  history: History,
  device: DeviceIdentity & { readonly generationId: string },
  version: number,
): Promise<TwinVersion> {
  const of = [identityKey(device), device.generationId];
  const sql = `SELECT version, time, section, section_version, paths, is_whole, body ${OF_TWIN} AND version <= ?
    AND version >= (SELECT max(version) ${OF_TWIN} AND version <= ? AND is_whole) ORDER BY version`;
  const read = await history.query(sql, [...of, version, ...of, version], { rowsMax: LIMITS.TWIN_VERSIONS_MAX });
  const rows = read.rows as readonly Row[];
  const last = rows.at(-1);
  if (last === undefined || last[0] !== version) {
    throw new HubError('twin.versionNotKept', `version ${version} of the twin of ${identityKey(device)} is not kept`);
  }
  return { ...describe(last), ...rows.reduce(applied, { tags: {}, desired: {}, reported: {} }) };
}

function applied(twin: TwinDocument, [, , section, , , isWhole, body]: Row): TwinDocument {
  const parsed = JSON.parse(body) as JsonObject;
  return isWhole ? (parsed as unknown as TwinDocument) : patchTwinDocument(twin, section, parsed);
}

function describe([version, time, section, sectionVersion, paths]: Row): TwinVersionRow {
  return {
    ...{ version, section, sectionVersion },
    at: new Date(time).toISOString(),
    paths: JSON.parse(paths) as string[],
  };
}
