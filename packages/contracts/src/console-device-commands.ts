/**
 * Commands that were given to a device, by whomever: REST, or a page of the console.
 *
 *     GET    /devices/{id}/command-runs?before=&limit=   → CommandRunPage     newest first; of its modules too
 *
 * They are given by `POST /devices/{id}/methods` and, those that wait in the queue of a device, by `POST /devices/{id}/commands` with the
 * property `method-name`; `component*command` is a command of a component. At most LIMITS.COMMAND_RUNS_PER_DEVICE_MAX are remembered.
 */
export interface CommandRunPage {
  readonly items: readonly CommandRunView[];
  /** What `before` is on the next page; null on the last. */
  readonly before: number | null;
}

export interface CommandRunView {
  readonly runId: string;
  readonly moduleId: string | null;
  readonly component: string | null;
  readonly name: string;
  /** Absent: none, or more than LIMITS.COMMAND_RUN_BYTES_MAX. */
  readonly request?: unknown;
  readonly response?: unknown;
  /** Null for one that waits in the queue of a device: it has no answer. */
  readonly responseCode: number | null;
  /** User name, or name of a token. */
  readonly caller: string;
  readonly at: string;
}
