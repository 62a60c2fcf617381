import type { EndpointInput, EndpointLoss, Enrichment, FallbackRoute, Route } from '@viaduct/contracts';

/** An endpoint as it is kept; the configuration with its secrets, sealed on disk. */
export interface EndpointRecord extends EndpointInput {
  /** Stays through changes of configuration; a namesake that is made later has another. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdTime: number;
}

/** Routing as it was saved last. */
export interface RoutingRecord {
  /** Counts saves, from 0: nothing was ever saved. */
  readonly version: number;
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly savedTime: number;
  readonly endpoints: readonly EndpointRecord[];
  readonly routes: readonly Route[];
  readonly enrichments: readonly Enrichment[];
  readonly fallbackRoute: FallbackRoute;
}

/** What decides where a record goes: the table of one save, remembered for as long as records were written under it. */
export interface RoutingVersion {
  readonly version: number;
  /** By partition of the log: the first offset that this table is for. */
  readonly appliesFrom: readonly number[];
  readonly routes: readonly Route[];
  readonly enrichments: readonly Enrichment[];
  readonly fallbackRoute: FallbackRoute;
  /** Name → id of the endpoints of that time. */
  readonly endpointIds: Readonly<Record<string, string>>;
}

export interface RoutingStore {
  /** Undefined when nothing was ever saved. */
  load(): Promise<RoutingRecord | undefined>;
  /** In order of version. */
  versions(): Promise<readonly RoutingVersion[]>;
  /** All of it in one transaction, with the version it begins, if it begins one. False when somebody saved since `expectedVersion`. */
  save(record: RoutingRecord, begins: RoutingVersion | undefined, expectedVersion: number): Promise<boolean>;
  forgetVersionsBefore(version: number): Promise<void>;
  /** Newest first, at most LIMITS.ENDPOINT_LOSSES_MAX. */
  losses(endpointId: string): Promise<readonly EndpointLoss[]>;
  /** The oldest of an endpoint go past the bound. */
  saveLoss(endpointId: string, loss: EndpointLoss): Promise<void>;
}
