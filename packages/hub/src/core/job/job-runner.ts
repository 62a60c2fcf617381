import assert from 'node:assert/strict';
import { asHubError, type ErrorCode, LIMITS } from '@viaduct/contracts';
import type { JobOutcome, JobRecord, LimitsJobs } from '../ports.ts';
import { type OnFault, RepeatingTask, warnOfFault } from '../repeating-task.ts';
import { DevicePace } from './device-pace.ts';
import { JobStop } from './job-stop.ts';
import { type DeviceJob, type RunsDeviceJobs, runDeviceJob } from './run-device-job.ts';
import { type RunsTransfers, runTransfer, type TransferJob } from './run-transfer.ts';

export interface JobRunnerOptions {
  /** How often it looks for jobs whose time has come or is up. Default: 1,000. */
  readonly intervalMs?: number;
  readonly onFault?: OnFault;
}

/** Since the start. */
export interface JobStats {
  readonly running: number;
  readonly completedDevices: number;
  readonly failedDevices: number;
  readonly cancelledDevices: number;
}

type RunsJobs = RunsDeviceJobs & RunsTransfers & LimitsJobs;

interface Running {
  readonly stop: JobStop;
  /** Takes one of the places; an ended job that is being settled takes none. */
  readonly takesPlace: boolean;
  /** Ms since 1970. */
  readonly deadline: number;
  readonly maxExecutionSeconds: number;
  readonly done: Promise<void>;
}

/** A disk that is full, and others who ask at the same time. */
const NOBODYS_FAULT: ReadonlySet<ErrorCode> = new Set(['store.unavailable', 'log.unavailable', 'query.tooMany']);
const UNSETTLED_AT_ONCE = 100;
const ENDED_AT_ONCE = 1_000;

/**
 * Runs the jobs that the store holds.
 *
 *          start in the future                      a place is free
 *     ┌──► scheduled ──── its time ────► queued ──────────────────► running ──── every device has an outcome ───► completed
 *     │                                    ▲                          │ │
 *    PUT ──────── start is now ────────────┘                          │ └── its time is up, or it cannot be done ─► failed
 *     ·                                                               │
 *     ·      cancel, from scheduled, queued and running ──────────────┴─────────────────────────────────────────► cancelled
 *
 * Invariants
 *  1. A state is in the store before anything is done because of it: a killed server finds after its start what there is to do.
 *  2. One run of a job at a time. At most LIMITS.JOBS_RUNNING_MAX of them; the longest waiting goes first.
 *  3. An ended job is settled: nothing of it is under way, and each of its devices has exactly one outcome.
 *  4. What is nobody's fault (a full disk) ends no job: it is run again, from where it stood, with the next round.
 */
export class JobRunner {
  readonly #hub: RunsJobs;
  readonly #onFault: OnFault;
  readonly #pace: DevicePace;
  readonly #running = new Map<string, Running>();
  readonly #rounds: RepeatingTask;
  readonly #stopListening: () => void;
  readonly #outcomes: Record<JobOutcome['status'], number> = { completed: 0, failed: 0, cancelled: 0 };
  #round: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(hub: RunsJobs, { intervalMs = 1_000, onFault = warnOfFault }: JobRunnerOptions = {}) {
    this.#hub = hub;
    this.#onFault = onFault;
    this.#pace = new DevicePace(hub, hub.jobLimits.devicesPerSecond);
    this.#stopListening = hub.jobs.onChange((jobId) => this.#changed(jobId));
    this.#rounds = new RepeatingTask(() => this.round(), intervalMs, onFault);
    this.#wake();
  }

  get stats(): JobStats {
    const running = [...this.#running.values()].filter(({ takesPlace }) => takesPlace).length;
    const { completed, failed, cancelled } = this.#outcomes;
    return { running, completedDevices: completed, failedDevices: failed, cancelledDevices: cancelled };
  }

  /** Looks at the clock and for what there is to do; resolves when it has been begun, and not when it is done. */
  async round(): Promise<void> {
    this.#again = true;
    this.#round ??= this.#look().finally(() => {
      this.#round = null;
    });
    await this.#round;
  }

  /** Resolves when nothing is under way. For tests. */
  async untilIdle(): Promise<void> {
    await this.round();
    while (this.#running.size > 0) {
      await Promise.all([...this.#running.values()].map(({ done }) => done));
      await this.round();
    }
  }

  /** Resolves when nothing is under way, and nothing will be. What was under way has its turn again after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    for (const { stop } of this.#running.values()) stop.drain();
    await this.#rounds.close();
    await this.#round?.catch(this.#onFault);
    for (const { stop } of this.#running.values()) stop.drain();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #wake(): void {
    if (!this.#closed) this.round().catch(this.#onFault);
  }

  async #look(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      await this.#endThoseWhoseTimeIsUp();
      await this.#hub.jobs.queueDue(this.#hub.clock.now());
      for (const job of await this.#hub.jobs.listUnsettled(UNSETTLED_AT_ONCE)) {
        if (this.#closed || this.#running.has(job.jobId)) continue;
        if (job.endedTime !== null) this.#start(job, false, () => this.#settle(job));
        else if (this.stats.running < LIMITS.JOBS_RUNNING_MAX) await this.#begin(job);
      }
    }
  }

  async #begin(job: JobRecord): Promise<void> {
    const startedTime = job.startedTime ?? this.#hub.clock.now();
    const running = await this.#hub.jobs.step(job.jobId, ['queued', 'running'], { status: 'running', startedTime });
    // Undefined: somebody cancelled it since it was listed.
    if (running !== undefined) this.#start(running, true, (stop) => this.#run(running, stop));
  }

  #start(job: JobRecord, takesPlace: boolean, work: (stop: JobStop) => Promise<void>): void {
    const stop = new JobStop();
    const { jobId, startedTime } = job;
    const maxExecutionSeconds = isDeviceJob(job) ? job.work.maxExecutionSeconds : Number.POSITIVE_INFINITY;
    const deadline = takesPlace ? (startedTime ?? 0) + maxExecutionSeconds * 1_000 : Number.POSITIVE_INFINITY;
    const done = work(stop)
      .then(
        () => true,
        (thrown: unknown) => {
          this.#onFault(thrown);
          return false;
        },
      )
      .then((hasSucceeded) => {
        this.#running.delete(jobId);
        // A place is free. After a fault the next round is soon enough.
        if (hasSucceeded) this.#wake();
      });
    this.#running.set(jobId, { stop, takesPlace, deadline, maxExecutionSeconds, done });
  }

  /** @throws HubError store.unavailable, log.unavailable, query.tooMany: to be run again */
  async #run(job: JobRecord, stop: JobStop): Promise<void> {
    try {
      if (isDeviceJob(job)) await runDeviceJob(this.#hub, job, this.#runOf(stop));
      else await runTransfer(this.#hub, requireTransfer(job), stop);
      if (stop.isDraining) return;
      await this.#end(job, { status: 'completed' });
    } catch (thrown) {
      const error = asHubError(thrown);
      if (stop.isDraining || NOBODYS_FAULT.has(error.code)) throw thrown;
      if (error.code === 'server.fault') this.#onFault(thrown);
      await this.#end(job, { status: 'failed', failureReason: error.message.slice(0, LIMITS.REASON_CHARACTERS_MAX) });
    }
    await this.#settle(job);
  }

  #runOf(stop: JobStop) {
    const onOutcome = (status: JobOutcome['status']) => void this.#outcomes[status]++;
    return { stop, pace: this.#pace, onFault: this.#onFault, onOutcome };
  }

  /** Unless it has ended otherwise meanwhile. */
  async #end({ jobId }: JobRecord, end: { status: 'completed' | 'failed'; failureReason?: string }): Promise<void> {
    await this.#hub.jobs.step(jobId, ['running'], { ...end, endedTime: this.#hub.clock.now() });
  }

  /** Whose turn never came is told so. Who is `running` now was so when the server was killed: nobody knows how that went. */
  async #settle({ jobId }: JobRecord): Promise<void> {
    const job = await this.#hub.jobs.find(jobId);
    if (job === undefined || job.endedTime === null) return;
    const { code, text } = unreached(job);
    const waited: JobOutcome = { status: 'cancelled', error: { code, message: text } };
    const interrupted: JobOutcome = {
      status: 'failed',
      error: { code, message: `${text}; whether it was done is not known, for the server stopped meanwhile` },
    };
    for (const [status, outcome] of [
      ['pending', waited],
      ['running', interrupted],
    ] as const) {
      let ended: number;
      do {
        ended = await this.#hub.jobs.endOpen(jobId, status, outcome, ENDED_AT_ONCE, this.#hub.clock.now());
        this.#outcomes[outcome.status] += ended;
      } while (ended === ENDED_AT_ONCE);
    }
    await this.#hub.jobs.settle(jobId);
  }

  async #endThoseWhoseTimeIsUp(): Promise<void> {
    const now = this.#hub.clock.now();
    for (const [jobId, { stop, deadline, maxExecutionSeconds }] of this.#running) {
      if (now < deadline || stop.begin.aborted) continue;
      const failureReason = `its ${maxExecutionSeconds} s were over before every device had its turn`;
      const step = { status: 'failed', endedTime: now, failureReason } as const;
      if ((await this.#hub.jobs.step(jobId, ['running'], step)) !== undefined) stop.timeUp(maxExecutionSeconds);
    }
  }

  #changed(jobId: string): void {
    const running = this.#running.get(jobId);
    if (running === undefined) this.#wake();
    else this.#stopIfCancelled(jobId, running).catch(this.#onFault);
  }

  async #stopIfCancelled(jobId: string, { stop }: Running): Promise<void> {
    const job = await this.#hub.jobs.find(jobId);
    if (job?.status === 'cancelled') stop.cancel();
  }
}

function unreached(job: JobRecord): { code: 'job.cancelled' | 'job.timeUp'; text: string } {
  if (job.status === 'cancelled') return { code: 'job.cancelled', text: 'the job was cancelled before its turn came' };
  return { code: 'job.timeUp', text: `the job ended before its turn came: ${job.failureReason ?? job.status}` };
}

function isDeviceJob(job: JobRecord): job is DeviceJob {
  return job.work.type === 'scheduleUpdateTwin' || job.work.type === 'scheduleDeviceMethod';
}

function requireTransfer(job: JobRecord): TransferJob {
  assert(!isDeviceJob(job), 'a job is one or the other');
  return job as TransferJob;
}
