import type { JsonObject } from './console-api.ts';

/** A query over the fleet, in the language of docs/protocol/query.md. A refusal's `ConsoleProblem` tells its place in `query`. */
export interface FleetQuery {
  readonly query: string;
  /** Of the page before, with the same `query`. */
  readonly continuation?: string;
  /** Rows, 1 to LIMITS.QUERY_PAGE_MAX; LIMITS.QUERY_PAGE_DEFAULT when absent. */
  readonly limit?: number;
}

export interface FleetQueryPage {
  /** `Twin`: whole documents of devices or modules. `DeviceJob`: rows of jobs. `Raw`: the columns that were asked for. */
  readonly itemType: 'Twin' | 'DeviceJob' | 'Raw';
  /** In the order of SELECT; nothing for `SELECT *`. A row lacks the columns that are undefined for it. */
  readonly columns: readonly string[];
  readonly items: readonly JsonObject[];
  /** Null when that was all. A full page may be followed by an empty one. */
  readonly continuation: string | null;
}

/** What an editor of queries completes. */
export interface QueryVocabulary {
  readonly sources: readonly string[];
  readonly keywords: readonly string[];
  readonly functions: readonly QueryFunction[];
  /** Over many rows: in SELECT and ORDER BY. */
  readonly aggregates: readonly string[];
  /** What every twin has. */
  readonly fields: readonly string[];
  /** Of tags and properties that a sample of the stored twins has, as they are written in a query; in their order. */
  readonly paths: readonly QueryPath[];
}

export interface QueryFunction {
  readonly name: string;
  readonly argumentsMin: number;
  readonly argumentsMax: number;
}

export interface QueryPath {
  readonly path: string;
  /** What was found there. */
  readonly types: readonly ('string' | 'number' | 'boolean' | 'null' | 'object' | 'array')[];
}
