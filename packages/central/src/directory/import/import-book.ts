import { type ImportRefusal, type ImportView, LIMITS } from '@viaduct/contracts';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { CentralSchema } from '../../store/central-schema.ts';
import type { CentralStore } from '../../store/central-store.ts';
import type { ImportDefaults } from './import-line.ts';

/** Lines that are under way, in order, from `linesDone` on: what of them was done shows in the registry. */
export interface ImportStep {
  readonly lines: number;
  /** Ids of devices among them that were there before the step. */
  readonly existing: readonly string[];
}

/** An import, and how far it is. Times are ms since 1970. */
export interface ImportRecord {
  readonly number: number;
  readonly importId: string;
  readonly fileName: string;
  readonly defaults: ImportDefaults;
  readonly state: ImportView['state'];
  readonly lines: number | null;
  readonly linesDone: number;
  readonly created: number;
  readonly refused: number;
  readonly step: ImportStep | null;
  readonly problem: string | null;
  readonly startedTime: number;
  readonly endedTime: number | null;
}

/**
 * Imports and their outcomes in central's own file: those that run, and the last LIMITS.CSV_IMPORTS_KEPT that ended, with at most
 * LIMITS.CSV_IMPORT_REFUSALS_KEPT refusals of all together. What resolved survives a crash.
 */
export class ImportBook {
  readonly #store: CentralStore;

  constructor(store: CentralStore) {
    this.#store = store;
  }

  async add(started: Pick<ImportRecord, 'importId' | 'fileName' | 'defaults' | 'startedTime'>): Promise<ImportRecord> {
    const row = await this.#store.tables
      .insertInto('csv_import')
      .values({
        import_id: started.importId,
        file_name: started.fileName,
        defaults: JSON.stringify(started.defaults),
        state: 'running',
        lines: null,
        lines_done: 0,
        created: 0,
        refused: 0,
        step: null,
        problem: null,
        started_time: started.startedTime,
        ended_time: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return recordOf(row);
  }

  async find(importId: string): Promise<ImportRecord | undefined> {
    const row = await this.#store.tables
      .selectFrom('csv_import')
      .selectAll()
      .where('import_id', '=', importId)
      .executeTakeFirst();
    return row && recordOf(row);
  }

  /** Newest first. */
  async list(): Promise<readonly ImportRecord[]> {
    return (await this.#store.tables.selectFrom('csv_import').selectAll().orderBy('number', 'desc').execute()).map(
      recordOf,
    );
  }

  async saveLines({ number }: ImportRecord, lines: number): Promise<void> {
    await this.#store.tables.updateTable('csv_import').set({ lines }).where('number', '=', number).execute();
  }

  /** Before the first of its devices is made. */
  async beginStep({ number }: ImportRecord, step: ImportStep): Promise<void> {
    await this.#store.tables
      .updateTable('csv_import')
      .set({ step: JSON.stringify(step) })
      .where('number', '=', number)
      .execute();
  }

  /** When each line of it has its outcome. */
  async endStep({ number }: ImportRecord, step: ImportStep, refusals: readonly ImportRefusal[]): Promise<void> {
    await this.#store.tables.transaction().execute(async (tables) => {
      if (refusals.length > 0) await insertRefusals(tables, number, refusals);
      await tables
        .updateTable('csv_import')
        .set((row) => ({
          lines_done: row('lines_done', '+', step.lines),
          created: row('created', '+', step.lines - refusals.length),
          refused: row('refused', '+', refusals.length),
          step: null,
        }))
        .where('number', '=', number)
        .execute();
    });
  }

  /** Ended; the oldest that ended go. */
  async end(
    { number }: ImportRecord,
    { state, problem, endedTime }: Pick<ImportRecord, 'state' | 'problem' | 'endedTime'>,
  ): Promise<void> {
    await this.#store.tables.transaction().execute(async (tables) => {
      await tables
        .updateTable('csv_import')
        .set({ state, problem, ended_time: endedTime, step: null })
        .where('number', '=', number)
        .execute();
      const ended = await tables
        .selectFrom('csv_import')
        .select(['number', 'refused'])
        .where('state', '!=', 'running')
        .orderBy('number', 'desc')
        .execute();
      const old = beyond(ended);
      if (old !== undefined) {
        await tables.deleteFrom('csv_import').where('state', '!=', 'running').where('number', '<=', old).execute();
      }
    });
  }

  /** In the order of the file. */
  async refusals(
    { number }: ImportRecord,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<readonly ImportRefusal[]> {
    const rows = await this.#store.tables
      .selectFrom('csv_import_refusal')
      .selectAll()
      .where('import_number', '=', number)
      .where('line', '>', after)
      .orderBy('line')
      .limit(limit)
      .execute();
    return rows.map(({ line, device_id: deviceId, code, message }) => ({ line, deviceId, code, message }));
  }
}

type Tables = Transaction<CentralSchema>;

async function insertRefusals(tables: Tables, number: number, refusals: readonly ImportRefusal[]): Promise<void> {
  await tables
    .insertInto('csv_import_refusal')
    .columns(['import_number', 'line', 'device_id', 'code', 'message'])
    .expression(
      sql`SELECT ${number}, value ->> 'line', value ->> 'deviceId', value ->> 'code', value ->> 'message'
          FROM json_each(${JSON.stringify(refusals)})`,
    )
    .execute();
}

/** The newest import that is one too many, or has refusals too many with those after it; the newest of all stays. */
function beyond(ended: readonly { readonly number: number; readonly refused: number }[]): number | undefined {
  let refused = 0;
  return ended.find((one, index) => {
    refused += one.refused;
    return index > 0 && (index >= LIMITS.CSV_IMPORTS_KEPT || refused > LIMITS.CSV_IMPORT_REFUSALS_KEPT);
  })?.number;
}

function recordOf(row: Selectable<CentralSchema['csv_import']>): ImportRecord {
  return {
    number: row.number,
    importId: row.import_id,
    fileName: row.file_name,
    defaults: JSON.parse(row.defaults) as ImportDefaults,
    state: row.state,
    lines: row.lines,
    linesDone: row.lines_done,
    created: row.created,
    refused: row.refused,
    step: row.step === null ? null : (JSON.parse(row.step) as ImportStep),
    problem: row.problem,
    startedTime: row.started_time,
    endedTime: row.ended_time,
  };
}
