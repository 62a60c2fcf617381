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
}

export interface KeepsQueries {
  readonly queries: QueryStore;
}
