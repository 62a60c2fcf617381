import assert from 'node:assert/strict';
import type { DeviceIdentity, ErrorCode, JobDeviceStatus, JobStatus } from '@viaduct/contracts';
import { type Kysely, type Selectable, sql } from 'kysely';
import type {
  ImportError,
  JobDeviceRecord,
  JobOutcome,
  JobRecord,
  JobStep,
  JobStore,
  JobWork,
  ListJobs,
  TransferProgress,
} from '../../core/ports.ts';
import type { SecretBox } from '../secret-box.ts';
import type { GroupWriter } from './group-writer.ts';
import { identityColumns, identityOf } from './identity-columns.ts';
import type { JobTable as Columns, HubSchema, JobDeviceTable } from './schema.ts';

const ACTIVE = ['scheduled', 'queued', 'running'] as const satisfies readonly JobStatus[];
const TRANSFERS = ['import', 'export'] as const;

/** Whose count in the row of the job an outcome moves. */
const COUNT_OF = {
  completed: 'completed_count',
  failed: 'failed_count',
  cancelled: 'cancelled_count',
} as const satisfies Record<JobOutcome['status'], keyof Columns>;

/** Counted anew each time it is asked for, for it is at most as many as one job has under way. */
const RUNNING_COUNT = sql<number>`(select count(*) from job_device d where d.job_id = job.job_id and d.status = 'running')`;

type JobRow = Selectable<Columns> & { running_count: number };

/**
 * Jobs and how they go on each device. What is counted over a job's devices is kept in its own row, changed in the
 * transaction that changes the device: a list of jobs does not read a million rows.
 */
export class JobTable implements JobStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;
  readonly #box: SecretBox;
  readonly #listeners = new Set<(jobId: string) => void>();

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter, box: SecretBox) {
    this.#reader = reader;
    this.#writer = writer;
    this.#box = box;
  }

  async insert(job: JobRecord, activeMax: number): ReturnType<JobStore['insert']> {
    const row = this.#columnsOf(job);
    const result = await this.#writer.write(async (db) => {
      const active = await db
        .selectFrom('job')
        .select((eb) => [
          eb.fn.countAll<number>().as('jobs'),
          eb.fn.countAll<number>().filterWhere('type', 'in', TRANSFERS).as('transfers'),
        ])
        .where('settled', '=', 0)
        .where('status', 'in', ACTIVE)
        .executeTakeFirstOrThrow();
      const known = await db.selectFrom('job').select('job_id').where('job_id', '=', job.jobId).executeTakeFirst();
      if (known !== undefined) return 'exists';
      if (active.jobs >= activeMax) return 'tooMany';
      if (active.transfers > 0 && isTransfer(job.work)) return 'transferRunning';
      await db.insertInto('job').values(row).execute();
      return 'inserted';
    });
    if (result === 'inserted') this.#tell(job.jobId);
    return result;
  }

  async find(jobId: string): Promise<JobRecord | undefined> {
    const row = await this.#jobs(this.#reader).where('job_id', '=', jobId).executeTakeFirst();
    return row && this.#recordOf(row);
  }

  async list({ types, status, after, limit }: ListJobs): Promise<readonly JobRecord[]> {
    const rows = await this.#jobs(this.#reader)
      .$if(types !== undefined, (query) => query.where('type', 'in', types ?? []))
      .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'queued'))
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(created_time, job_id) < (${after?.createdTime}, ${after?.jobId})`),
      )
      .orderBy('created_time', 'desc')
      .orderBy('job_id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => this.#recordOf(row));
  }

  async queueDue(now: number): Promise<void> {
    const due = await this.#reader
      .selectFrom('job')
      .select('job_id')
      .where('settled', '=', 0)
      .where('status', '=', 'scheduled')
      .where('start_time', '<=', now)
      .limit(1)
      .executeTakeFirst();
    // Asked every second: a transaction would cost a flush to disk each time.
    if (due === undefined) return;
    await this.#writer.write((db) =>
      db
        .updateTable('job')
        .set({ status: 'queued' })
        .where('settled', '=', 0)
        .where('status', '=', 'scheduled')
        .where('start_time', '<=', now)
        .execute(),
    );
  }

  async listUnsettled(limit: number): Promise<readonly JobRecord[]> {
    const rows = await this.#jobs(this.#reader)
      .where('settled', '=', 0)
      .where('status', '!=', 'scheduled')
      .orderBy(sql`started_time is null`)
      .orderBy('start_time')
      .orderBy('job_id')
      .limit(limit)
      .execute();
    return rows.map((row) => this.#recordOf(row));
  }

  async step(jobId: string, from: readonly JobStatus[], step: JobStep): Promise<JobRecord | undefined> {
    const row = await this.#writer.write(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('job')
        .set({
          status: step.status,
          ...(step.startedTime === undefined ? {} : { started_time: step.startedTime }),
          ...(step.endedTime === undefined ? {} : { ended_time: step.endedTime }),
          ...(step.failureReason === undefined ? {} : { failure_reason: step.failureReason }),
        })
        .where('job_id', '=', jobId)
        .where('status', 'in', from)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return undefined;
      return this.#jobs(db).where('job_id', '=', jobId).executeTakeFirstOrThrow();
    });
    if (row === undefined) return undefined;
    this.#tell(jobId);
    return this.#recordOf(row);
  }

  async settle(jobId: string): Promise<void> {
    await this.#writer.write((db) =>
      db.updateTable('job').set({ settled: 1 }).where('job_id', '=', jobId).where('status', 'not in', ACTIVE).execute(),
    );
  }

  async addTargets(jobId: string, identities: readonly DeviceIdentity[], now: number): Promise<void> {
    if (identities.length === 0) return;
    const rows = identities.map((identity) => ({
      job_id: jobId,
      ...identityColumns(identity),
      status: 'pending' as const,
      created_time: now,
    }));
    await this.#writer.write(async (db) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('job_device')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      const added = Number(numInsertedOrUpdatedRows ?? 0n);
      await db
        .updateTable('job')
        .set((eb) => ({ device_count: eb('device_count', '+', added) }))
        .where('job_id', '=', jobId)
        .execute();
    });
  }

  async lastTarget(jobId: string): Promise<DeviceIdentity | undefined> {
    const row = await this.#reader
      .selectFrom('job_device')
      .select(['device_id', 'module_id'])
      .where('job_id', '=', jobId)
      .orderBy('device_id', 'desc')
      .orderBy('module_id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && identityOf(row);
  }

  async fixTargets(jobId: string): Promise<void> {
    await this.#writer.write((db) =>
      db.updateTable('job').set({ targets_fixed: 1 }).where('job_id', '=', jobId).execute(),
    );
  }

  async claim(jobId: string, limit: number, now: number): Promise<readonly DeviceIdentity[]> {
    const rows = await this.#writer.write((db) =>
      db
        .updateTable('job_device')
        .set({ status: 'running', started_time: now })
        .where('job_id', '=', jobId)
        .where(isAmong(jobId, limit, 'pending'))
        .returning(['device_id', 'module_id'])
        .execute(),
    );
    return rows.map(identityOf);
  }

  async unclaim(jobId: string): Promise<void> {
    await this.#writer.write((db) =>
      db
        .updateTable('job_device')
        .set({ status: 'pending', started_time: null })
        .where('job_id', '=', jobId)
        .where('status', '=', 'running')
        .execute(),
    );
  }

  async saveOutcomes(
    jobId: string,
    outcomes: readonly { readonly identity: DeviceIdentity; readonly outcome: JobOutcome }[],
    now: number,
  ): Promise<void> {
    await this.#writer.write(async (db) => {
      const moved = { completed: 0, failed: 0, cancelled: 0 };
      for (const { identity, outcome } of outcomes) {
        const { numUpdatedRows } = await device(
          db.updateTable('job_device').set(outcomeColumns(outcome, now)),
          jobId,
          identityColumns(identity),
        )
          .where('status', '=', 'running')
          .executeTakeFirstOrThrow();
        moved[outcome.status] += Number(numUpdatedRows);
      }
      await count(db, jobId, moved);
    });
  }

  endOpen(
    jobId: string,
    status: 'pending' | 'running',
    outcome: JobOutcome,
    limit: number,
    now: number,
  ): Promise<number> {
    return this.#writer.write(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('job_device')
        .set(outcomeColumns(outcome, now))
        .where('job_id', '=', jobId)
        .where(isAmong(jobId, limit, status))
        .executeTakeFirstOrThrow();
      await count(db, jobId, { [outcome.status]: Number(numUpdatedRows) });
      return Number(numUpdatedRows);
    });
  }

  async listDevices(
    jobId: string,
    page: { readonly status?: JobDeviceStatus; readonly after?: DeviceIdentity; readonly limit: number },
  ): Promise<readonly JobDeviceRecord[]> {
    const { status, after, limit } = page;
    const from = after && identityColumns(after);
    const rows = await this.#reader
      .selectFrom('job_device')
      .selectAll()
      .where('job_id', '=', jobId)
      .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'pending'))
      .$if(from !== undefined, (query) =>
        query.where(sql<boolean>`(device_id, module_id) > (${from?.device_id}, ${from?.module_id})`),
      )
      .orderBy('device_id')
      .orderBy('module_id')
      .limit(limit)
      .execute();
    return rows.map(deviceRecordOf);
  }

  async saveProgress(jobId: string, done: TransferProgress): Promise<void> {
    const { progress, completed, failed, linesDone, errors = [] } = done;
    await this.#writer.write(async (db) => {
      await db
        .updateTable('job')
        .set({
          progress,
          device_count: completed + failed,
          completed_count: completed,
          failed_count: failed,
          ...(linesDone === undefined ? {} : { lines_done: linesDone }),
        })
        .where('job_id', '=', jobId)
        .execute();
      if (errors.length > 0) {
        await db
          .insertInto('import_error')
          .values(errors.map((error) => ({ job_id: jobId, ...error })))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    });
  }

  listImportErrors(jobId: string, afterLine: number, limit: number): Promise<readonly ImportError[]> {
    return this.#reader
      .selectFrom('import_error')
      .select(['line', 'text'])
      .where('job_id', '=', jobId)
      .where('line', '>', afterLine)
      .orderBy('line')
      .limit(limit)
      .execute();
  }

  async forgetImportErrors(jobId: string): Promise<void> {
    await this.#writer.write((db) => db.deleteFrom('import_error').where('job_id', '=', jobId).execute());
  }

  async sweep(before: number, endedMax: number, outcomesMax: number): Promise<void> {
    const ended = await this.#reader
      .selectFrom('job')
      .select(['job_id', 'ended_time', 'device_count'])
      .where('settled', '=', 1)
      .where('ended_time', 'is not', null)
      .orderBy('ended_time', 'desc')
      .execute();
    let outcomes = 0;
    for (const [position, { job_id, ended_time, device_count }] of ended.entries()) {
      outcomes += device_count;
      const isKept = (ended_time ?? 0) >= before && position < endedMax && outcomes <= outcomesMax;
      if (!isKept) await this.#forget(job_id);
    }
  }

  async countByStatus(): Promise<Readonly<Record<JobStatus, number>>> {
    const rows = await this.#reader
      .selectFrom('job')
      .select((eb) => ['status', eb.fn.countAll<number>().as('jobs')])
      .groupBy('status')
      .execute();
    const counts = { scheduled: 0, queued: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const { status, jobs } of rows) counts[status] = jobs;
    return counts;
  }

  onChange(listener: (jobId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(jobId: string): void {
    for (const listener of this.#listeners) listener(jobId);
  }

  /** Devices in batches, so that nobody waits long for the database; the job last, so that a stop in between leaves it to be found. */
  async #forget(jobId: string): Promise<void> {
    let removed: bigint;
    do {
      const { numDeletedRows } = await this.#writer.write((db) =>
        db
          .deleteFrom('job_device')
          .where('job_id', '=', jobId)
          .where(isAmong(jobId, FORGET_AT_ONCE))
          .executeTakeFirstOrThrow(),
      );
      removed = numDeletedRows;
    } while (removed > 0n);
    await this.#writer.write(async (db) => {
      await db.deleteFrom('import_error').where('job_id', '=', jobId).execute();
      await db.deleteFrom('job').where('job_id', '=', jobId).execute();
    });
  }

  #jobs(db: Kysely<HubSchema>) {
    return db.selectFrom('job').selectAll().select(RUNNING_COUNT.as('running_count'));
  }

  #columnsOf(job: JobRecord) {
    return {
      job_id: job.jobId,
      type: job.work.type,
      status: job.status,
      work: this.#box.seal(JSON.stringify(job.work), placeOf(job.jobId)),
      created_time: job.createdTime,
      start_time: job.startTime,
      started_time: job.startedTime,
      ended_time: job.endedTime,
      failure_reason: job.failureReason,
      settled: 0,
      targets_fixed: job.targetsFixed ? 1 : 0,
      device_count: 0,
      completed_count: 0,
      failed_count: 0,
      cancelled_count: 0,
      progress: 0,
      lines_done: 0,
    };
  }

  #recordOf(row: JobRow): JobRecord {
    const work = JSON.parse(this.#box.open(row.work, placeOf(row.job_id))) as JobWork;
    assert.equal(work.type, row.type, 'the sealed work is of the type that its row names');
    const ended = row.completed_count + row.failed_count + row.cancelled_count;
    const counts = {
      devices: row.device_count,
      pending: row.device_count - ended - row.running_count,
      running: row.running_count,
      completed: row.completed_count,
      failed: row.failed_count,
      cancelled: row.cancelled_count,
    };
    return {
      jobId: row.job_id,
      work,
      status: row.status,
      createdTime: row.created_time,
      startTime: row.start_time,
      startedTime: row.started_time,
      endedTime: row.ended_time,
      failureReason: row.failure_reason,
      counts,
      progress: isTransfer(work) ? row.progress : percentOf(ended, row),
      targetsFixed: row.targets_fixed === 1,
      linesDone: row.lines_done,
    };
  }
}

const FORGET_AT_ONCE = 1_000;

function placeOf(jobId: string): string {
  return `job ${jobId}`;
}

function isTransfer({ type }: JobWork): boolean {
  return type === 'import' || type === 'export';
}

/** While it is not known how many there are, nothing is done. */
function percentOf(ended: number, { device_count, targets_fixed, status }: JobRow): number {
  if (targets_fixed === 1 && device_count > 0) return Math.floor((100 * ended) / device_count);
  return status === 'completed' ? 100 : 0;
}

/** The first devices of a job in this state, in their order: one statement changes a thousand in some milliseconds. */
function isAmong(jobId: string, limit: number, status?: 'pending' | 'running') {
  const inState = status === undefined ? sql`` : sql`and status = ${status}`;
  return sql<boolean>`(device_id, module_id) in
    (select device_id, module_id from job_device where job_id = ${jobId} ${inState} order by device_id, module_id limit ${limit})`;
}

/** Narrows a change to the one device. */
function device<Q extends { where(column: 'job_id' | 'device_id' | 'module_id', operator: '=', value: string): Q }>(
  query: Q,
  jobId: string,
  { device_id, module_id }: { readonly device_id: string; readonly module_id: string },
): Q {
  return query.where('job_id', '=', jobId).where('device_id', '=', device_id).where('module_id', '=', module_id);
}

function outcomeColumns({ status, response, error }: JobOutcome, now: number) {
  return {
    status,
    ended_time: now,
    response: response === undefined ? null : JSON.stringify(response),
    error_code: error?.code ?? null,
    error_message: error?.message ?? null,
  };
}

async function count(
  db: Kysely<HubSchema>,
  jobId: string,
  moved: Readonly<Partial<Record<JobOutcome['status'], number>>>,
): Promise<void> {
  for (const [status, devices] of Object.entries(moved) as [JobOutcome['status'], number][]) {
    if (devices === 0) continue;
    const column = COUNT_OF[status];
    await db
      .updateTable('job')
      .set((eb) => ({ [column]: eb(column, '+', devices) }))
      .where('job_id', '=', jobId)
      .execute();
  }
}

function deviceRecordOf(row: Selectable<JobDeviceTable>): JobDeviceRecord {
  return {
    jobId: row.job_id,
    identity: identityOf(row),
    status: row.status,
    createdTime: row.created_time,
    startedTime: row.started_time,
    endedTime: row.ended_time,
    response: row.response === null ? null : (JSON.parse(row.response) as JobDeviceRecord['response']),
    error: row.error_code === null ? null : { code: row.error_code as ErrorCode, message: row.error_message ?? '' },
  };
}
