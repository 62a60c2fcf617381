import type { DeviceIdentity } from '@viaduct/contracts';
import type { Query, Selection } from '../query/expression.ts';
import type { JsonObject } from './twin.ts';

export interface PageOfQuery {
  /** Rows, at most LIMITS.QUERY_PAGE_MAX; a page of large documents ends sooner. */
  readonly limit: number;
  /** What the page before ended with. */
  readonly continuation?: string;
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

export interface QueryPage {
  /** `Twin`: whole documents of devices or modules. `DeviceJob`: rows of jobs. `Raw`: the columns that were asked for. */
  readonly itemType: 'Twin' | 'DeviceJob' | 'Raw';
  readonly items: readonly JsonObject[];
  /** Null after the last page. */
  readonly continuation: string | null;
}

/** What asking costs: counts since the start, and how it is now. */
export interface QueryStats {
  readonly answered: number;
  /** Ended for taking too long, or because nobody waited any more; or failed. */
  readonly unanswered: number;
  /** How long those that were answered ran, seconds, without waiting for their turn. */
  readonly seconds: number;
  readonly running: number;
  readonly waiting: number;
  /** Paths of twins whose values are kept so that an equality is answered fast; `path` is JSON path within the section. */
  readonly indexes: readonly {
    readonly section: string;
    readonly path: string;
    readonly state: 'filling' | 'complete' | 'dropping';
  }[];
}

/**
 * Asks the whole fleet. Every page is of one moment; between pages the fleet goes on, and a device that is there all the time is in
 * exactly one of them unless the query orders by what changes.
 *
 * @throws HubError argument.invalid (the continuation is of another query), query.tooMany, query.tooLong (retry)
 */
export interface QueryStore {
  query(query: Query, page: PageOfQuery): Promise<QueryPage>;
  /** In order of device id, then module id. */
  selectIdentities(
    selection: Selection,
    page: { readonly after?: DeviceIdentity; readonly limit: number },
  ): Promise<readonly DeviceIdentity[]>;
  countIdentities(selection: Selection): Promise<number>;
  readonly stats: QueryStats;
}

export interface KeepsQueries {
  readonly queries: QueryStore;
}
