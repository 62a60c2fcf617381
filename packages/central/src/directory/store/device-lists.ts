import { HubError } from '@viaduct/contracts';
import type Database from 'better-sqlite3';
import type { CentralDevice, DeviceListing, DevicePage } from '../device-directory.ts';
import type { DeviceFilter, DeviceMeta } from '../device-filter.ts';
import { type DeviceRecord, deviceOf } from './device-rows.ts';
import { type FindPath, filterSql, META_SQL, type SqlPiece } from './filter-sql.ts';

/** Three letters are the least that the index of texts can find. */
const INDEXED_SEARCH_CHARACTERS_MIN = 3;

/** Lists over a connection of their own: they may look at every device, and nobody who writes waits for them. */
export class DeviceLists {
  readonly #database: Database.Database;
  readonly #findPath: FindPath;

  constructor(database: Database.Database, findPath: FindPath) {
    this.#database = database;
    this.#findPath = findPath;
  }

  /** @throws HubError argument.invalid: a cursor we did not give */
  page(listing: DeviceListing): DevicePage {
    const where = and([this.#filter(listing.filter), searchSql(listing.search)]);
    const order = orderSql(listing.orderBy);
    const from = listing.cursor === undefined ? undefined : order.after(parseCursor(listing.cursor));
    const page = and([where, from]);
    const rows = this.#database
      .prepare(`SELECT *, ${order.key} AS sort_key FROM device WHERE ${page.sql} ORDER BY ${order.sql} LIMIT ?`)
      .all(...page.parameters, listing.limit + 1) as (DeviceRecord & { sort_key: string | number | null })[];
    const shown = rows.slice(0, listing.limit);
    const last = shown.at(-1);
    const items: readonly CentralDevice[] = shown.map(deviceOf);
    const isLast = rows.length <= listing.limit || last === undefined;
    return { items, total: this.#countWhere(where), ...(isLast ? {} : { cursor: formatCursor(last) }) };
  }

  idsOf(
    filter: DeviceFilter,
    max: number,
    search?: string,
  ): { readonly deviceIds: readonly string[]; readonly isCut: boolean } {
    const { sql, parameters } = and([this.#filter(filter), searchSql(search)]);
    const ids = this.#database
      .prepare(`SELECT device_id FROM device WHERE ${sql} ORDER BY device_id LIMIT ?`)
      .pluck()
      .all(...parameters, max + 1) as string[];
    return { deviceIds: ids.slice(0, max), isCut: ids.length > max };
  }

  count(filter: DeviceFilter): number {
    return this.#countWhere(this.#filter(filter));
  }

  #filter(filter: DeviceFilter | undefined): SqlPiece {
    return filter === undefined ? EVERYTHING : filterSql(filter, this.#findPath);
  }

  #countWhere({ sql, parameters }: SqlPiece): number {
    return this.#database
      .prepare(`SELECT count(*) FROM device WHERE ${sql}`)
      .pluck()
      .get(...parameters) as number;
  }
}

const EVERYTHING: SqlPiece = { sql: '1', parameters: [] };

function and(pieces: readonly (SqlPiece | undefined)[]): SqlPiece {
  const wanted = pieces.filter((piece) => piece !== undefined && piece !== EVERYTHING) as SqlPiece[];
  if (wanted.length === 0) return EVERYTHING;
  return {
    sql: wanted.map(({ sql }) => sql).join(' AND '),
    parameters: wanted.flatMap(({ parameters }) => parameters),
  };
}

function searchSql(search: string | undefined): SqlPiece | undefined {
  if (search === undefined || search === '') return undefined;
  if ([...search].length < INDEXED_SEARCH_CHARACTERS_MIN) {
    return { sql: 'instr(lower(device.search_text), lower(?)) > 0', parameters: [search] };
  }
  const phrase = `"${search.replaceAll('"', '""')}"`;
  return {
    sql: 'device.device IN (SELECT rowid FROM device_search WHERE device_search MATCH ?)',
    parameters: [phrase],
  };
}

/** The order of a list; ids tell equals apart, so that a page begins where the one before ended. */
function orderSql(orderBy: DeviceListing['orderBy'] = { field: 'id' }) {
  const { field, descending = false } = orderBy;
  const direction = descending ? 'DESC' : 'ASC';
  const beyond = descending ? '<' : '>';
  if (field === 'id') {
    return {
      key: 'NULL',
      sql: `device_id ${direction}`,
      after: ({ id }: Cursor): SqlPiece => ({ sql: `device.device_id ${beyond} ?`, parameters: [id] }),
    };
  }
  const collation = TEXTS.includes(field) ? ' COLLATE NOCASE' : '';
  // A device without one comes first, or last: as the least of all.
  const key = NULLABLE[field] ?? META_SQL[field];
  return {
    key,
    sql: `${key}${collation} ${direction}, device_id ${direction}`,
    after: ({ key: last, id }: Cursor): SqlPiece => ({
      sql: `(${key}${collation}, device.device_id) ${beyond} (?, ?)`,
      parameters: [last ?? '', id],
    }),
  };
}

const TEXTS: readonly DeviceMeta[] = ['displayName'];
const NULLABLE: Partial<Record<DeviceMeta, string>> = {
  template: "coalesce(device.template_id, '')",
  organization: "coalesce(device.organization, '')",
  type: 'device.is_edge',
  lastSeenTime: 'device.last_seen_time',
};

interface Cursor {
  readonly key: string | number | null;
  readonly id: string;
}

function formatCursor({ sort_key, device_id }: DeviceRecord & { sort_key: string | number | null }): string {
  return Buffer.from(JSON.stringify([sort_key, device_id])).toString('base64url');
}

function parseCursor(cursor: string): Cursor {
  try {
    const [key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [unknown, unknown];
    const isKey = key === null || typeof key === 'string' || typeof key === 'number';
    if (isKey && typeof id === 'string') return { key, id };
  } catch {
    // Told below.
  }
  throw new HubError('argument.invalid', 'the cursor is not one we gave');
}
