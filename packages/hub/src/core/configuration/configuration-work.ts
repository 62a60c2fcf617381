/** What the engine is doing, and has done since the start: for whoever watches it. */
export class ConfigurationWork {
  /** Devices or modules that were looked at, by the id of a configuration whose change is under way. */
  readonly seen = new Map<string, number>();
  /** Devices and modules that were looked at. */
  lookedAt = 0;
  /** Twins that were changed. */
  writtenTwins = 0;
  /** Steps that failed for the moment, and were tried again. */
  failedSteps = 0;
  /** When all conditions were last evaluated for all devices, ms since 1970; 0 for never since the start. */
  lastRoundTime = 0;
}

export interface ShowsConfigurationWork {
  readonly configurationWork: ConfigurationWork;
}
