import { type DeviceIdentity, LIMITS } from '@viaduct/contracts';
import type { DeviceWork, JobRecord, KeepsJobs, KeepsQueries } from '../ports.ts';
import { parseCondition } from '../query/parse-query.ts';
import type { OnFault } from '../repeating-task.ts';
import type { ChangesTwins } from '../twin/change-twin.ts';
import type { DevicePace } from './device-pace.ts';
import type { JobStop } from './job-stop.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import { performOnDevice } from './perform-on-device.ts';

export type RunsDeviceJobs = ChangesTwins & KeepsJobs & KeepsQueries;

export type DeviceJob = JobRecord & { readonly work: DeviceWork };

export interface DeviceJobRun {
  readonly stop: JobStop;
  readonly pace: DevicePace;
  readonly onFault: OnFault;
  readonly onOutcome: (status: 'completed' | 'failed' | 'cancelled') => void;
}

const TARGETS_AT_ONCE = 500;
/** Those that are claimed begin in the same turn of the event loop. */
const CLAIMED_AT_ONCE = 100;
const IN_FLIGHT_MAX = {
  scheduleUpdateTwin: LIMITS.JOB_TWIN_UPDATES_IN_FLIGHT_MAX,
  scheduleDeviceMethod: LIMITS.JOB_METHODS_IN_FLIGHT_MAX,
} as const;

/**
 * Goes from device to device, from wherever an earlier run left off. Resolves when every device has its outcome, or, once it
 * was stopped, when nothing is under way any more.
 *
 *     targets fixed ─► claimed, as many as there is room for ─► performed, each by itself ─► outcome durable ─► room again
 *
 * A device that takes its time takes one place and holds up nobody else. Each is done at least once: what was claimed when the
 * server was killed is claimed again.
 *
 * @throws HubError store.unavailable, log.unavailable, query.tooMany (run it again later); query.tooLong, argument.invalid for a condition
 */
export async function runDeviceJob(hub: RunsDeviceJobs, job: DeviceJob, run: DeviceJobRun): Promise<void> {
  await hub.jobs.unclaim(job.jobId);
  if (!job.targetsFixed) await fixTargets(hub, job, run.stop.begin);
  const outcomes = new OutcomeWriter(hub, job.jobId);
  const underWay = new InFlight(IN_FLIGHT_MAX[job.work.type]);
  try {
    while (!run.stop.begin.aborted) {
      await underWay.untilRoom();
      const count = await run.pace.take(Math.min(underWay.room, CLAIMED_AT_ONCE), run.stop.begin);
      const claimed = count === 0 ? [] : await hub.jobs.claim(job.jobId, count, hub.clock.now());
      if (claimed.length === 0) break;
      for (const identity of claimed) underWay.add(perform(hub, job, identity, run, outcomes));
    }
  } finally {
    await underWay.untilEmpty();
  }
}

async function perform(
  hub: RunsDeviceJobs,
  job: DeviceJob,
  identity: DeviceIdentity,
  run: DeviceJobRun,
  outcomes: OutcomeWriter,
): Promise<void> {
  const outcome = await performOnDevice(hub, job.work, identity, run.stop, run.onFault);
  if (outcome === undefined) return;
  await outcomes.save(identity, outcome);
  run.onOutcome(outcome.status);
}

/** A stop in between goes on after the last device that was found; who comes into being later has no part in it. */
async function fixTargets(hub: RunsDeviceJobs, { jobId, work }: DeviceJob, signal: AbortSignal): Promise<void> {
  const selection = parseCondition(work.condition);
  let after = await hub.jobs.lastTarget(jobId);
  for (;;) {
    if (signal.aborted) return;
    const page = { limit: TARGETS_AT_ONCE, ...(after === undefined ? {} : { after }) };
    const found = await hub.queries.selectIdentities(selection, page);
    await hub.jobs.addTargets(jobId, found, hub.clock.now());
    after = found.at(-1);
    if (after === undefined || found.length < TARGETS_AT_ONCE) break;
  }
  await hub.jobs.fixTargets(jobId);
}

/** Work that nobody waits for one by one. The first failure is kept for who waits for all of it. */
class InFlight {
  readonly #max: number;
  #count = 0;
  #failure: { readonly thrown: unknown } | undefined;
  /** Not `Promise.race`: that leaves a listener on the slowest for every faster one. */
  #onEnd: () => void = () => undefined;

  constructor(max: number) {
    this.#max = max;
  }

  get room(): number {
    return this.#max - this.#count;
  }

  add(work: Promise<void>): void {
    this.#count++;
    work.then(
      () => this.#ended(),
      (thrown: unknown) => {
        this.#failure ??= { thrown };
        this.#ended();
      },
    );
  }

  /** @throws what the first piece of work threw */
  async untilRoom(): Promise<void> {
    while (this.room <= 0) await this.#oneEnds();
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }

  /** @throws what the first piece of work threw */
  async untilEmpty(): Promise<void> {
    while (this.#count > 0) await this.#oneEnds();
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }

  #ended(): void {
    this.#count--;
    this.#onEnd();
  }

  #oneEnds(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd = resolve;
    });
  }
}
