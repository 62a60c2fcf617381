import type {
  DeviceIdentity,
  ErrorCode,
  JobCounts,
  JobDeviceStatus,
  JobMethodCall,
  JobStatus,
  JobTwinUpdate,
  JobType,
} from '@viaduct/contracts';

/** A file in a container of blobs. */
export interface ContainerFile {
  /** https, with a shared access signature: a secret. */
  readonly containerUri: string;
  readonly blobName: string;
}

/** A job that goes from device to device. */
export type DeviceWork = { readonly condition: string; readonly maxExecutionSeconds: number } & (
  | { readonly type: 'scheduleUpdateTwin'; readonly update: JobTwinUpdate }
  | { readonly type: 'scheduleDeviceMethod'; readonly method: JobMethodCall }
);

/** A job that goes through a file. `output` of an import is where its error log goes. */
export type TransferWork =
  | { readonly type: 'import'; readonly input: ContainerFile; readonly output: ContainerFile }
  | { readonly type: 'export'; readonly output: ContainerFile; readonly excludeKeys: boolean };

export type JobWork = DeviceWork | TransferWork;

/** Times are ms since 1970. */
export interface JobRecord {
  readonly jobId: string;
  readonly work: JobWork;
  readonly status: JobStatus;
  readonly createdTime: number;
  /** When it was asked to begin. */
  readonly startTime: number;
  readonly startedTime: number | null;
  readonly endedTime: number | null;
  readonly failureReason: string | null;
  /** Of an import and an export: lines. */
  readonly counts: JobCounts;
  /** 0 to 100. */
  readonly progress: number;
  /** Whether it is known which devices it is about. From then on they stay the same. */
  readonly targetsFixed: boolean;
  /** Lines of an import that need not be read again after a restart. */
  readonly linesDone: number;
}

/** How it went on one device; what is told of it in the end. */
export interface JobOutcome {
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** What the device answered. */
  readonly response?: { readonly status: number; readonly payload: unknown };
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

export interface JobDeviceRecord {
  readonly jobId: string;
  readonly identity: DeviceIdentity;
  readonly status: JobDeviceStatus;
  readonly createdTime: number;
  readonly startedTime: number | null;
  readonly endedTime: number | null;
  readonly response: JobOutcome['response'] | null;
  readonly error: JobOutcome['error'] | null;
}

export interface ListJobs {
  readonly types?: readonly JobType[];
  readonly status?: JobStatus;
  /** Those that come after this one, newest first. */
  readonly after?: Pick<JobRecord, 'createdTime' | 'jobId'>;
  readonly limit: number;
}

/** A step of the job's state machine; what is absent stays. */
export interface JobStep {
  readonly status: JobStatus;
  readonly startedTime?: number;
  readonly endedTime?: number;
  readonly failureReason?: string;
}

/** How far an import or an export is, in all. */
export interface TransferProgress {
  readonly progress: number;
  readonly completed: number;
  readonly failed: number;
  readonly linesDone?: number;
  /** Refused lines of an import. */
  readonly errors?: readonly ImportError[];
}

export interface ImportError {
  /** Counted from 1. */
  readonly line: number;
  /** JSON, as the error log has it. */
  readonly text: string;
}

/** Every change is durable when its promise resolves. */
export interface JobStore {
  /** `transferRunning` is for an import or export while another one has not ended. */
  insert(job: JobRecord, activeMax: number): Promise<'inserted' | 'exists' | 'tooMany' | 'transferRunning'>;
  find(jobId: string): Promise<JobRecord | undefined>;
  /** Newest first. */
  list(query: ListJobs): Promise<readonly JobRecord[]>;
  /** Those whose start time has come are `queued` from now on. */
  queueDue(now: number): Promise<void>;
  /** What there is to do: queued, running, or ended with devices whose turn never came. Those that began come first, then the oldest. */
  listUnsettled(limit: number): Promise<readonly JobRecord[]>;
  /** Takes the step if the job is in one of these states; resolves with what it is then. */
  step(jobId: string, from: readonly JobStatus[], step: JobStep): Promise<JobRecord | undefined>;
  /** Nothing is left to do for this one, which has ended. */
  settle(jobId: string): Promise<void>;

  /** Devices that are in it already are passed over. */
  addTargets(jobId: string, identities: readonly DeviceIdentity[], now: number): Promise<void>;
  lastTarget(jobId: string): Promise<DeviceIdentity | undefined>;
  fixTargets(jobId: string): Promise<void>;
  /** The next ones whose turn it is; they are `running` from now on. */
  claim(jobId: string, limit: number, now: number): Promise<readonly DeviceIdentity[]>;
  /** After a stop that came in between: what was under way waits again. */
  unclaim(jobId: string): Promise<void>;
  /** Only for those that are `running`: an outcome is never replaced. */
  saveOutcomes(
    jobId: string,
    outcomes: readonly { readonly identity: DeviceIdentity; readonly outcome: JobOutcome }[],
    now: number,
  ): Promise<void>;
  /** Ends at most `limit` that wait, or are `running`. Resolves with how many it was. */
  endOpen(
    jobId: string,
    status: 'pending' | 'running',
    outcome: JobOutcome,
    limit: number,
    now: number,
  ): Promise<number>;
  /** In order of device and module. */
  listDevices(
    jobId: string,
    page: { readonly status?: JobDeviceStatus; readonly after?: DeviceIdentity; readonly limit: number },
  ): Promise<readonly JobDeviceRecord[]>;

  saveProgress(jobId: string, progress: TransferProgress): Promise<void>;
  listImportErrors(jobId: string, afterLine: number, limit: number): Promise<readonly ImportError[]>;
  forgetImportErrors(jobId: string): Promise<void>;

  /** Forgets jobs that ended before this time, and the oldest of what is more than `endedMax` jobs or `outcomesMax` devices. */
  sweep(before: number, endedMax: number, outcomesMax: number): Promise<void>;
  countByStatus(): Promise<Readonly<Record<JobStatus, number>>>;
  /** A job was added or took a step. Returns how to stop listening. */
  onChange(listener: (jobId: string) => void): () => void;
}

export interface KeepsJobs {
  readonly jobs: JobStore;
}

export interface LimitsJobs {
  readonly jobLimits: {
    /** Jobs that have not ended. */
    readonly activeMax: number;
    /** Devices that all jobs together begin with; null for as many as they can. */
    readonly devicesPerSecond: number | null;
  };
}
