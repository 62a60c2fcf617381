import type { ConfigurationKind, DeviceIdentity } from '@viaduct/contracts';
import type { JsonObject } from './twin.ts';

/** A configuration as it is kept. Times are ms since 1970. */
export interface ConfigurationRecord {
  readonly id: string;
  readonly kind: ConfigurationKind;
  readonly schemaVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As it was sent. */
  readonly content: JsonObject;
  readonly targetCondition: string;
  readonly priority: number;
  /** Queries whose rows are counted, by name. */
  readonly metricQueries: Readonly<Record<string, string>>;
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
  /** Counts what devices have to hear of: condition and priority, and its end. */
  readonly revision: number;
  /** The revision that all devices have; the engine works until it is `revision`. */
  readonly settledRevision: number;
  /** It is gone for everybody but the engine, which takes it away from the devices that have it. */
  readonly isDeleted: boolean;
}

/** What came of a metric query: a count, or why there is none. */
export interface MetricResult {
  readonly count: number | null;
  readonly error: string | null;
}

/** Metrics that are queries, by name; `system` holds what the agents of an Edge deployment report. */
export interface MetricResults {
  readonly system: Readonly<Record<string, MetricResult>>;
  readonly custom: Readonly<Record<string, MetricResult>>;
}

export interface ConfigurationStore {
  /** In order of id. Deleted ones too, until every device has lost them. */
  list(): Promise<readonly ConfigurationRecord[]>;
  /** Takes the place of a deleted one of its id. `exists`: of one that is not deleted. `full`: there are `max` already. */
  insert(record: ConfigurationRecord, max: number): Promise<'inserted' | 'exists' | 'full'>;
  /** False when `expectedEtag` is not the stored one or it is gone. */
  replace(record: ConfigurationRecord, expectedEtag: string): Promise<boolean>;
  /** Every device has what this revision asks for; a deleted one is forgotten with it. Nothing happens when it changed meanwhile. */
  markSettled(record: ConfigurationRecord): Promise<void>;
  /** Of all that have some, by id. */
  metricResults(): Promise<ReadonlyMap<string, MetricResults>>;
  saveMetricResults(id: string, results: MetricResults): Promise<void>;
  /** Hears that one was made, changed or removed. Returns how to stop listening. */
  onChange(listener: () => void): () => void;
}

/** How a configuration fares at one device or module that it targets. */
export interface ConfigurationStatus {
  readonly configurationId: string;
  /** `Applied`: at least one of its values is in the twin, and none of a higher priority is in its place. */
  readonly status: 'Targeted' | 'Applied';
  /** Why its values are not in the twin, where that is not due to priority. */
  readonly reason: string | null;
}

/** Where configurations set values in a desired section: `[]` for the whole of it. */
export type DesiredPath = readonly string[];

/** What configurations are to one device or module. */
export interface ConfigurationState extends DeviceIdentity {
  /** In order of the configurations' ids. */
  readonly statuses: readonly ConfigurationStatus[];
  /** What they have set in its desired section: to be taken back when none of them sets it any more. */
  readonly owned: readonly DesiredPath[];
  /** What the deployment of its Edge device has set in it, which stays until the next deployment. */
  readonly ownedByEdge: readonly DesiredPath[];
}

export interface ConfigurationCounts {
  readonly targeted: number;
  readonly applied: number;
  /** Those with a reason. */
  readonly failed: number;
}

export interface ConfigurationDevicesPage {
  readonly after?: DeviceIdentity;
  readonly limit: number;
  readonly status?: 'Targeted' | 'Applied' | 'Failed';
}

export interface ConfigurationStateStore {
  /** In the order asked; nobody is missing. */
  of(identities: readonly DeviceIdentity[]): Promise<readonly ConfigurationState[]>;
  /** The modules of a device in whose desired sections its deployment has set something. */
  ownedModules(deviceId: string): Promise<readonly DeviceIdentity[]>;
  /** Replaces what is kept, of all in one transaction. Of those who do not exist nothing is kept. */
  save(states: readonly ConfigurationState[]): Promise<void>;
  /** Devices or modules that a configuration targets, in order of (deviceId, moduleId). */
  listDevices(
    configuration: Pick<ConfigurationRecord, 'id' | 'kind'>,
    page: ConfigurationDevicesPage,
  ): Promise<readonly (DeviceIdentity & ConfigurationStatus)[]>;
  /** Of all that target something, by id; or of the one that is named. */
  counts(id?: string): Promise<ReadonlyMap<string, ConfigurationCounts>>;
}

export interface KeepsConfigurations {
  readonly configurations: ConfigurationStore;
  readonly configurationStates: ConfigurationStateStore;
  /** How many there may be. */
  readonly configurationsMax: number;
}
