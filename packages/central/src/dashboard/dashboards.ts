import {
  type Dashboard,
  type DashboardContent,
  type DashboardSummary,
  HubError,
  LIMITS,
  type NewTile,
} from '@viaduct/contracts';
import { type MakesRandomness, newEtag, newGuid, requireMatch } from '@viaduct/hub';
import type { Selectable } from 'kysely';
import type { Caller } from '../access/caller.ts';
import { requirePermission } from '../access/permissions.ts';
import type { CentralSchema } from '../store/central-schema.ts';
import type { CentralStore } from '../store/central-store.ts';
import { readContent, withTile } from './dashboard-content.ts';

type Row = Selectable<CentralSchema['dashboard']> & { readonly favorite: 0 | 1 };

export interface DashboardInput extends DashboardContent {
  readonly personal: boolean;
}

const DASHBOARD_ID = /^[A-Za-z0-9:;]{1,128}$/;

/**
 * Dashboards, in central's own file. A personal one is its owner's alone: nobody else finds it, and who has its link is told whose it is. A
 * shared one is seen by all, and changed by whoever may.
 */
export class Dashboards {
  readonly #store: CentralStore;
  readonly #hub: MakesRandomness;

  constructor(store: CentralStore, hub: MakesRandomness) {
    this.#store = store;
    this.#hub = hub;
  }

  /** By name. */
  async list(caller: Caller): Promise<readonly Dashboard[]> {
    const rows = await this.#visible(caller).orderBy('display_name').orderBy('dashboard_id').execute();
    return rows.map(dashboardOf);
  }

  /** Everybody's: for what must know all uses of something, and shows nobody more than that. */
  async all(): Promise<readonly Dashboard[]> {
    const rows = await this.#store.tables.selectFrom('dashboard').selectAll().orderBy('dashboard_id').execute();
    return rows.map((row) => dashboardOf({ ...row, favorite: 0 }));
  }

  async summaries(caller: Caller): Promise<readonly DashboardSummary[]> {
    return (await this.list(caller)).map(({ tiles, extension, ...rest }) => ({
      ...rest,
      description: extension?.description ?? null,
      tileCount: tiles.length,
    }));
  }

  /** @throws HubError central.notFound; central.forbidden: it is somebody's own */
  async get(caller: Caller, id: string): Promise<Dashboard> {
    const row = await this.#visible(caller).where('dashboard_id', '=', id).executeTakeFirst();
    if (row !== undefined) return dashboardOf(row);
    const hidden = await this.#store.tables
      .selectFrom('dashboard')
      .select('owner')
      .where('dashboard_id', '=', id)
      .executeTakeFirst();
    if (hidden === undefined) throw new HubError('central.notFound', `there is no dashboard "${id}"`);
    throw new HubError('central.forbidden', `the dashboard is a personal one of ${hidden.owner}, who can share it`);
  }

  /**
   * Makes one, with the id that is given or one of its own.
   * @throws HubError central.forbidden, central.bodyInvalid, central.exists, central.limitReached, argument.invalid
   */
  async create(caller: Caller, input: DashboardInput, id = newGuid(this.#hub).replaceAll('-', '')): Promise<Dashboard> {
    requireDashboardId(id);
    requireMayChange(caller, input.personal);
    const content = readContent(this.#hub, input);
    await this.#requireRoom();
    const row = { ...this.#columnsOf(content, input.personal), dashboard_id: id, owner: caller.name };
    const { numInsertedOrUpdatedRows: inserted } = await this.#store.tables
      .insertInto('dashboard')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (!inserted) throw new HubError('central.exists', `there is a dashboard "${id}" already`);
    return dashboardOf({ ...row, favorite: 0 });
  }

  /**
   * Replaces what it holds. One that is shared becomes personal only for who made it.
   * @throws HubError central.notFound, central.forbidden, central.bodyInvalid, etag.mismatch
   */
  async change(caller: Caller, id: string, input: DashboardInput, ifMatch?: string): Promise<Dashboard> {
    const before = await this.get(caller, id);
    requireMatch(before.etag, ifMatch);
    requireMayChange(caller, before.personal && input.personal);
    if (input.personal && before.owner !== caller.name) {
      throw new HubError('central.forbidden', `only ${before.owner}, who made it, can make this dashboard personal`);
    }
    const columns = this.#columnsOf(readContent(this.#hub, input), input.personal);
    const { numUpdatedRows } = await this.#store.tables
      .updateTable('dashboard')
      .set(columns)
      .where('dashboard_id', '=', id)
      .where('etag', '=', before.etag)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new HubError('etag.mismatch', 'somebody changed the dashboard at the same time');
    if (input.personal && !before.personal) await this.#forgetLanding(id, before.owner);
    return this.get(caller, id);
  }

  /** Puts a tile below what is there. @throws as `change` does; central.limitReached */
  async pin(caller: Caller, id: string, tile: NewTile): Promise<Dashboard> {
    const before = await this.get(caller, id);
    return this.change(caller, id, { ...withTile(before, tile), personal: before.personal }, before.etag);
  }

  /** @throws as `get` does; central.forbidden, etag.mismatch */
  async remove(caller: Caller, id: string, ifMatch?: string): Promise<void> {
    const before = await this.get(caller, id);
    requireMatch(before.etag, ifMatch);
    requireMayChange(caller, before.personal);
    await this.#store.tables.deleteFrom('dashboard').where('dashboard_id', '=', id).execute();
  }

  /** One that became personal is nobody's to begin with but its owner's. */
  async #forgetLanding(id: string, owner: string): Promise<void> {
    await this.#store.tables
      .deleteFrom('landing_dashboard')
      .where('dashboard_id', '=', id)
      .where('user_name', '!=', owner)
      .execute();
  }

  /** The caller's own mark. @throws as `get` does */
  async setFavorite(caller: Caller, id: string, favorite: boolean): Promise<void> {
    await this.get(caller, id);
    const { tables } = this.#store;
    if (favorite) {
      await tables
        .insertInto('dashboard_favorite')
        .values({ dashboard_id: id, caller: callerKey(caller) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    } else {
      await tables
        .deleteFrom('dashboard_favorite')
        .where('dashboard_id', '=', id)
        .where('caller', '=', callerKey(caller))
        .execute();
    }
  }

  #visible(caller: Caller) {
    const mine = caller.kind === 'person' ? caller.name : null;
    return this.#store.tables
      .selectFrom('dashboard')
      .selectAll()
      .select((row) =>
        row
          .exists(
            row
              .selectFrom('dashboard_favorite')
              .select('caller')
              .whereRef('dashboard_favorite.dashboard_id', '=', 'dashboard.dashboard_id')
              .where('caller', '=', callerKey(caller)),
          )
          .$castTo<0 | 1>()
          .as('favorite'),
      )
      .where((row) => row.or([row('is_personal', '=', 0), row('owner', '=', mine ?? '')]));
  }

  #columnsOf({ displayName, ...content }: DashboardContent, personal: boolean) {
    return {
      display_name: displayName,
      content: JSON.stringify(content),
      is_personal: personal ? (1 as const) : (0 as const),
      etag: newEtag(this.#hub),
      updated_time: this.#store.clock.now(),
    };
  }

  async #requireRoom(): Promise<void> {
    const { count } = await this.#store.tables
      .selectFrom('dashboard')
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    if (count < LIMITS.DASHBOARDS_MAX) return;
    throw new HubError('central.limitReached', `there are ${count} dashboards; there is room for no more`);
  }
}

/** A token and a person of one name are not the same. */
function callerKey({ kind, name }: Caller): string {
  return kind === 'person' ? name : `token ${name}`;
}

/** One's own is everybody's to change, as long as it is only that. */
function requireMayChange(caller: Caller, isPersonal: boolean): void {
  if (!isPersonal) requirePermission(caller, 'dashboard.write');
  else if (caller.kind !== 'person')
    throw new HubError('central.forbidden', 'only people have dashboards of their own');
}

function requireDashboardId(id: string): void {
  if (DASHBOARD_ID.test(id)) return;
  throw new HubError('argument.invalid', 'the id of a dashboard has 1 to 128 letters, digits, colons or semicolons');
}

function dashboardOf({ dashboard_id, display_name, content, is_personal, ...row }: Row): Dashboard {
  return {
    id: dashboard_id,
    displayName: display_name,
    ...(JSON.parse(content) as Omit<DashboardContent, 'displayName'>),
    personal: is_personal === 1,
    favorite: row.favorite === 1,
    owner: row.owner,
    etag: row.etag,
    updatedAt: new Date(row.updated_time).toISOString(),
  };
}
