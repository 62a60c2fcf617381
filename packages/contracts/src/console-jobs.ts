import type { ErrorCode } from './errors.ts';

/** What a job does: to the devices that fit a condition, or with the whole registry and a file. The words of the wire. */
export const JOB_TYPES = ['scheduleUpdateTwin', 'scheduleDeviceMethod', 'import', 'export'] as const;
export type JobType = (typeof JOB_TYPES)[number];

/** The first three go on; the last three are final. */
export const JOB_STATUSES = ['scheduled', 'queued', 'running', 'completed', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Of one device in a job. `cancelled`: its turn never came. */
export const JOB_DEVICE_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type JobDeviceStatus = (typeof JOB_DEVICE_STATUSES)[number];

/** Devices of a job; for an import and an export, lines. `pending` is what is left when the others are taken from `devices`. */
export interface JobCounts {
  readonly devices: number;
  readonly pending: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

export interface JobTwinUpdate {
  /** Only twins of this version are changed; absent or `*`: any. */
  readonly etag?: string;
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly desired?: Readonly<Record<string, unknown>>;
}

export interface JobMethodCall {
  readonly methodName: string;
  /** Any JSON value; absent: none. */
  readonly payload?: unknown;
  readonly responseTimeoutSeconds?: number;
  /** How long to wait for a device that is not connected; 0 for not at all. */
  readonly connectTimeoutSeconds?: number;
}

/** A job, as the console shows it. Times are ms since 1970. */
export interface JobView {
  readonly jobId: string;
  readonly type: JobType;
  readonly status: JobStatus;
  readonly createdTime: number;
  /** When it was asked to begin. */
  readonly startTime: number;
  /** Null until it began; and until it ended. */
  readonly startedTime: number | null;
  readonly endedTime: number | null;
  /** Null for an import and an export: they have all the time they need. */
  readonly maxExecutionSeconds: number | null;
  /** Null for an import and an export. */
  readonly condition: string | null;
  readonly update: JobTwinUpdate | null;
  readonly method: JobMethodCall | null;
  readonly counts: JobCounts;
  /** 0 to 100, for a bar. */
  readonly progress: number;
  /** Why it failed, in words. Devices that failed do not make the job fail. */
  readonly failureReason: string | null;
  /** Of an import and an export: where the file lies, without what opens it. */
  readonly container: string | null;
}

export interface JobPage {
  readonly items: readonly JobView[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** How a job went on one device or module. Times are ms since 1970. */
export interface JobDeviceView {
  readonly deviceId: string;
  readonly moduleId: string | null;
  readonly status: JobDeviceStatus;
  readonly startedTime: number | null;
  readonly endedTime: number | null;
  /** What the device answered to a method; `payload` is null when it was longer than is kept. */
  readonly response: { readonly status: number; readonly payload: unknown } | null;
  /** Why it failed or was not done; `advice` says what to do next. */
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly advice: string } | null;
}

export interface JobDevicePage {
  readonly items: readonly JobDeviceView[];
  readonly cursor?: string;
}

/** Exactly one of `update` and `method`. */
export interface NewJob {
  /** Made when absent. */
  readonly jobId?: string;
  /** Which devices, in the query language; `*` for all; `from devices.modules where …` for modules. */
  readonly condition: string;
  /** Ms since 1970; absent: now. */
  readonly startTime?: number;
  readonly maxExecutionSeconds?: number;
  readonly update?: JobTwinUpdate;
  readonly method?: JobMethodCall;
}

/** How many devices or modules a condition fits now. */
export interface JobTargetCount {
  readonly devices: number;
}
