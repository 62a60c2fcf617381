/**
 * The agent's own bounds. They stand here and not in `@viaduct/contracts`, because the agent depends on nothing but the
 * official device SDK: it may be the only package on a device.
 */
export const AGENT_LIMITS = {
  /** Shortest and longest pause between two samples, seconds. */
  INTERVAL_SECONDS_MIN: 0.2,
  INTERVAL_SECONDS_MAX: 3_600,
  /** Samples kept while there is no connection: an hour at one per second, about 2 MB. The oldest go first. */
  BACKLOG_SAMPLES_MAX: 3_600,
  /** Pause before a new session once the SDK's own retry policy has given up, seconds: doubles from the first to the second. */
  RECONNECT_SECONDS_MIN: 1,
  RECONNECT_SECONDS_MAX: 60,
  /** Time to disconnect on SIGTERM before the process leaves anyway, seconds. */
  CLOSE_SECONDS_MAX: 3,
  /** Errors that `diagnose` remembers. */
  ERRORS_KEPT_MAX: 10,
  /** Bytes of a command's body that are copied into the log line. */
  COMMAND_LOG_BYTES_MAX: 256,
} as const;
