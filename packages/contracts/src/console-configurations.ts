/** What a configuration is for: devices, modules, or the modules of Edge devices. Follows from its content. */
export type ConfigurationKind = 'device' | 'module' | 'edge';

/** A configuration in the list. Times are ms since 1970. */
export interface ConfigurationRow {
  readonly id: string;
  readonly kind: ConfigurationKind;
  /** Empty for none, `*` for all devices. */
  readonly targetCondition: string;
  /** The highest wins; of two equals the one created later. */
  readonly priority: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
  /** Devices or modules that meet the condition, and those of them whose twins have it. */
  readonly targetedCount: number;
  readonly appliedCount: number;
  /** Those whose twins cannot take it; each has a reason. */
  readonly failedCount: number;
  /** How far it has come with its last change; null when it is through. */
  readonly progress: ConfigurationProgress | null;
}

export interface ConfigurationProgress {
  /** Devices or modules that were looked at. */
  readonly seenCount: number;
}

/** A configuration with everything about it. */
export interface ConfigurationDetail extends ConfigurationRow {
  /** As it was sent: `deviceContent`, `moduleContent` or `modulesContent`. It never changes. */
  readonly content: unknown;
  readonly systemMetrics: readonly ConfigurationMetric[];
  readonly customMetrics: readonly ConfigurationMetric[];
}

export interface ConfigurationMetric {
  readonly name: string;
  readonly query: string;
  /** Null until it was counted, and where it cannot be. */
  readonly count: number | null;
  /** Why it could not be counted, in words. */
  readonly error: string | null;
}

/** How a configuration fared at one device or module. */
export interface ConfigurationDeviceRow {
  readonly deviceId: string;
  readonly moduleId?: string;
  /** `Targeted` and no more: something of a higher priority took the place of all it sets, or `reason` says why not. */
  readonly status: 'Targeted' | 'Applied';
  readonly reason: string | null;
}

export interface ConfigurationDevicePage {
  readonly devices: readonly ConfigurationDeviceRow[];
  /** What to ask for the next page with, as `after`; null on the last. */
  readonly next: string | null;
}

/** What is asked to make one; `content` as in `ConfigurationDetail`. */
export interface NewConfiguration {
  readonly id: string;
  readonly content: unknown;
  readonly targetCondition: string;
  readonly priority: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** Queries whose rows are counted, by name. */
  readonly metrics?: Readonly<Record<string, string>>;
}

/** What may be changed of one; what is absent stays. */
export type ConfigurationPatch = Partial<Omit<NewConfiguration, 'id' | 'content'>>;

/** Asked without making anything: whom would it reach? */
export interface ConfigurationTrialRequest {
  readonly content: unknown;
  readonly targetCondition: string;
  readonly metrics?: Readonly<Record<string, string>>;
}

/** What a configuration would do. Each part has its own error in words; null where it is well. */
export interface ConfigurationTrial {
  readonly kind: ConfigurationKind | null;
  readonly contentError: string | null;
  readonly conditionError: string | null;
  /** Where in the condition, in characters; null where nobody can say. */
  readonly conditionErrorAt: { readonly offset: number; readonly length: number } | null;
  readonly metricErrors: Readonly<Record<string, string>>;
  /** How many devices or modules meet the condition now, and the first of them; null where content or condition are wrong. */
  readonly targetedCount: number | null;
  readonly first: readonly { readonly deviceId: string; readonly moduleId?: string }[];
}
