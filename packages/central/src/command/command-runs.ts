import { LIMITS } from '@viaduct/contracts';
import type { Hub, OnFault } from '@viaduct/hub';
import type { Selectable } from 'kysely';
import type { CentralSchema } from '../store/central-schema.ts';
import type { CentralStore } from '../store/central-store.ts';

/** Of whom a command is. Absent parts: the device itself, and the root. */
export interface CommandAddress {
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly component?: string;
  readonly name: string;
}

/** A command that was given, and what came of it. Times are ms since 1970. */
export interface CommandRun extends CommandAddress {
  readonly runId: string;
  readonly request?: unknown;
  readonly response?: unknown;
  /** Null for one that was put into the queue of a device: it has no answer. */
  readonly responseCode: number | null;
  readonly caller: string;
  readonly time: number;
}

export interface RunPage {
  readonly runs: readonly CommandRun[];
  /** Before which to go on; undefined on the last page. */
  readonly before: number | undefined;
}

/** Commands that were given to devices: the newest of each, as long as the device is there. */
export class CommandRuns {
  readonly #store: CentralStore;
  readonly #stopListening: () => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor({
    store,
    hub,
    onFault,
  }: { readonly store: CentralStore; readonly hub: Pick<Hub, 'registry'>; readonly onFault: OnFault }) {
    this.#store = store;
    this.#stopListening = hub.registry.onWrite((write) => {
      if (write.kind !== 'removed') return;
      const { deviceId, moduleId } = write.identity;
      if (moduleId === undefined) this.#last = this.#forgetDevice(deviceId).catch(onFault);
    });
  }

  async add(run: CommandRun): Promise<void> {
    await this.#store.tables.transaction().execute(async (tables) => {
      const { number } = await tables
        .insertInto('command_run')
        .values(rowOf(run))
        .returning('number')
        .executeTakeFirstOrThrow();
      await tables
        .deleteFrom('command_run')
        .where('number', '<=', number - LIMITS.COMMAND_RUNS_MAX)
        .execute();
      const oldest = tables
        .selectFrom('command_run')
        .select('number')
        .where('device_id', '=', run.deviceId)
        .orderBy('number', 'desc')
        .offset(LIMITS.COMMAND_RUNS_PER_DEVICE_MAX)
        .limit(1);
      await tables
        .deleteFrom('command_run')
        .where('device_id', '=', run.deviceId)
        .where('number', '<=', oldest)
        .execute();
    });
  }

  /** Newest first. */
  async list(address: CommandAddress, page: { readonly limit: number; readonly before?: number }): Promise<RunPage> {
    const { deviceId, moduleId = '', component = '', name } = address;
    return this.#page(page, [
      ['device_id', deviceId],
      ['module_id', moduleId],
      ['component', component],
      ['name', name],
    ]);
  }

  /** All of a device, newest first. */
  listOfDevice(deviceId: string, page: { readonly limit: number; readonly before?: number }): Promise<RunPage> {
    return this.#page(page, [['device_id', deviceId]]);
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.#last;
  }

  async #page(
    { limit, before }: { readonly limit: number; readonly before?: number },
    wanted: readonly (readonly ['device_id' | 'module_id' | 'component' | 'name', string])[],
  ): Promise<RunPage> {
    let query = this.#store.tables.selectFrom('command_run').selectAll();
    for (const [column, value] of wanted) query = query.where(column, '=', value);
    if (before !== undefined) query = query.where('number', '<', before);
    const rows = await query
      .orderBy('number', 'desc')
      .limit(limit + 1)
      .execute();
    const shown = rows.slice(0, limit);
    return { runs: shown.map(runOf), before: rows.length > limit ? shown.at(-1)?.number : undefined };
  }

  async #forgetDevice(deviceId: string): Promise<void> {
    await this.#store.tables.deleteFrom('command_run').where('device_id', '=', deviceId).execute();
  }
}

function rowOf({ runId, deviceId, moduleId = '', component = '', name, ...run }: CommandRun) {
  return {
    run_id: runId,
    device_id: deviceId,
    module_id: moduleId,
    component,
    name,
    request: jsonOrNull(run.request),
    response: jsonOrNull(run.response),
    response_code: run.responseCode,
    caller: run.caller,
    time: run.time,
  };
}

function runOf(row: Selectable<CentralSchema['command_run']>): CommandRun {
  return {
    runId: row.run_id,
    deviceId: row.device_id,
    ...(row.module_id === '' ? {} : { moduleId: row.module_id }),
    ...(row.component === '' ? {} : { component: row.component }),
    name: row.name,
    ...(row.request === null ? {} : { request: JSON.parse(row.request) as unknown }),
    ...(row.response === null ? {} : { response: JSON.parse(row.response) as unknown }),
    responseCode: row.response_code,
    caller: row.caller,
    time: row.time,
  };
}

/** What is larger than people read is not kept. */
function jsonOrNull(value: unknown): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return Buffer.byteLength(text, 'utf8') > LIMITS.COMMAND_RUN_BYTES_MAX ? null : text;
}
