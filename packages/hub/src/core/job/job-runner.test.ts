import { type DeviceIdentity, type JobDeviceStatus, LIMITS, type NewJob } from '@viaduct/contracts';
import { until } from '@viaduct/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import type { JobRecord } from '../ports.ts';
import { createDevice } from '../registry/create-device.ts';
import { deleteDevice } from '../registry/delete-device.ts';
import { getDevice } from '../registry/get-device.ts';
import type { MethodAnswer, MethodCall } from '../session/device-session.ts';
import { getTwin } from '../twin/get-twin.ts';
import { newTwin } from '../twin/new-twin.ts';
import { patchTwin } from '../twin/patch-twin.ts';
import { cancelJob } from './cancel-job.ts';
import { getJob, listJobDevices, listJobs } from './get-job.ts';
import { JobRunner } from './job-runner.ts';
import { JobSweeper } from './job-sweeper.ts';
import { scheduleJob } from './schedule-job.ts';

/** One for all, for queries have threads that take their time to start: each test has devices and jobs of its own. */
let hub: TemporaryHub;
let runner: JobRunner;
let test = 0;
let j1: string;
const faults: unknown[] = [];

beforeAll(async () => {
  hub = await temporaryHub();
});
beforeEach(() => {
  test++;
  j1 = id('j1');
  runner = newRunner();
});
afterEach(async () => {
  for (const { jobId } of await listJobs(hub, { limit: LIMITS.JOB_PAGE_MAX })) await cancelJob(hub, jobId);
  for (const session of [...hub.sessions]) hub.sessions.leave(session, null, 0);
  await runner.untilIdle();
  await runner.close();
  expect(faults).toEqual([]);
});
afterAll(() => hub.close());

const newRunner = () => new JobRunner(hub, { intervalMs: 3_600_000, onFault: (fault) => faults.push(fault) });

const id = (name: string) => `t${test}-${name}`;
const named = (text: string) => text.slice(id('').length);
const ours = () => `STARTS_WITH(deviceId, '${id('')}')`;
const schedule = (job: Partial<NewJob>) => scheduleJob(hub, { jobId: j1, condition: ours(), ...job });
const twins = { update: { desired: { speed: 3 }, tags: { site: 'north' } } };
const reboot = { method: { methodName: 'reboot', payload: { in: 5 } } };

async function devices(...names: string[]): Promise<void> {
  for (const name of names) await createDevice(hub, { deviceId: id(name) });
}

async function statuses(): Promise<Record<string, JobDeviceStatus>> {
  const found = await listJobDevices(hub, j1, { limit: 1_000 });
  return Object.fromEntries(found.map(({ identity, status }) => [named(identity.deviceId), status]));
}

/** Answers as it is told to, when it is told to. */
class CallableSession extends RecordingSession {
  override readonly listensForMethods = true;
  readonly calls: MethodCall[] = [];
  readonly #answer: () => Promise<MethodAnswer>;

  constructor(identity: DeviceIdentity, answer: () => Promise<MethodAnswer>) {
    super(identity, 0);
    this.#answer = answer;
  }

  override invokeMethod(call: MethodCall, signal: AbortSignal): Promise<MethodAnswer> {
    this.calls.push(call);
    return Promise.race([
      this.#answer(),
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ]);
  }
}

function connect(name: string, answer: () => Promise<MethodAnswer>): CallableSession {
  const deviceId = id(name);
  const session = new CallableSession({ deviceId }, answer);
  hub.sessions.enter(session);
  hub.sessions.readyForMethods({ deviceId });
  return session;
}

/** Answers when what is returned is called. */
function connectUnhurried(name: string): (answer: MethodAnswer) => void {
  const waiting: ((answer: MethodAnswer) => void)[] = [];
  connect(name, () => new Promise((resolve) => waiting.push(resolve)));
  return (answer) => {
    for (const resolve of waiting) resolve(answer);
  };
}

const answers = (status: number, payload: unknown) => async () => ({
  status,
  payload: Buffer.from(JSON.stringify(payload)),
});
const never = () => new Promise<MethodAnswer>(() => undefined);

describe('a job that changes twins', () => {
  it('changes those that fit when it starts, and tells the outcome of each', async () => {
    await devices('a', 'b', 'c');
    await patchTwin(hub, { deviceId: id('c') }, { tags: { off: true } });
    await schedule({ condition: `${ours()} AND NOT is_defined(tags.off)`, ...twins });
    await runner.untilIdle();
    expect(await getJob(hub, j1)).toMatchObject({
      status: 'completed',
      progress: 100,
      counts: { devices: 2, pending: 0, running: 0, completed: 2, failed: 0, cancelled: 0 },
      startedTime: hub.clock.now(),
      endedTime: hub.clock.now(),
    });
    expect(await statuses()).toEqual({ a: 'completed', b: 'completed' });
    const changed = await getTwin(hub, { deviceId: id('a') });
    expect([changed.tags, changed.desired.values, changed.version]).toEqual([{ site: 'north' }, { speed: 3 }, 3]);
    expect((await getTwin(hub, { deviceId: id('c') })).tags).toEqual({ off: true });
    expect(runner.stats).toMatchObject({ running: 0, completedDevices: 2 });
  });

  it('goes to modules where its condition is over them', async () => {
    await devices('a');
    await createDevice(hub, { deviceId: id('a'), moduleId: 'm' });
    await schedule({ condition: `from devices.modules where moduleId = 'm' and ${ours()}`, ...twins });
    await runner.untilIdle();
    const found = await listJobDevices(hub, j1, { limit: 10 });
    expect(found.map(({ identity, status }) => [identity, status])).toEqual([
      [{ deviceId: id('a'), moduleId: 'm' }, 'completed'],
    ]);
    expect((await getTwin(hub, { deviceId: id('a'), moduleId: 'm' })).tags).toEqual({ site: 'north' });
  });

  it('is completed, with nothing done, when nobody fits', async () => {
    await schedule(twins);
    await runner.untilIdle();
    expect(await getJob(hub, j1)).toMatchObject({ status: 'completed', progress: 100, counts: { devices: 0 } });
  });

  it('tells of each device why it failed, and is completed all the same', async () => {
    await devices('a', 'b');
    const { etag } = await patchTwin(hub, { deviceId: id('b') }, { tags: { x: 1 } });
    await schedule({ update: { ...twins.update, etag } });
    await runner.untilIdle();
    const [a] = await listJobDevices(hub, j1, { status: 'failed', limit: 10 });
    expect([named(a?.identity.deviceId ?? ''), a?.error?.code]).toEqual(['a', 'etag.mismatch']);
    expect(await getJob(hub, j1)).toMatchObject({ status: 'completed', counts: { completed: 1, failed: 1 } });
  });

  it('waits for its time, and is queued and run when that has come', async () => {
    await devices('a');
    await schedule({ startTime: hub.clock.now() + 60_000, ...twins });
    await runner.untilIdle();
    expect((await getJob(hub, j1)).status).toBe('scheduled');
    await devices('later');
    hub.clock.advance(61);
    await runner.untilIdle();
    expect(await getJob(hub, j1)).toMatchObject({ status: 'completed', counts: { completed: 2 } });
  });

  it('goes through more devices than fit into one page, once each', async () => {
    await devices('template');
    const template = await getDevice(hub, { deviceId: id('template') });
    const ids = Array.from({ length: 1_004 }, (_, i) => id(`d${i}`));
    await Promise.all(ids.map((deviceId) => hub.registry.insert({ ...template, deviceId }, newTwin({ deviceId }))));
    await schedule(twins);
    await runner.untilIdle();
    expect((await getJob(hub, j1)).counts).toMatchObject({ devices: 1_005, completed: 1_005 });
    const versions = await Promise.all(ids.map(async (deviceId) => (await getTwin(hub, { deviceId })).version));
    expect(new Set(versions)).toEqual(new Set([3]));
  });
});

describe('a job that calls a method', () => {
  it('keeps what each device answered, and says who was not there', async () => {
    await devices('a', 'b', 'gone');
    const a = connect('a', answers(200, { ok: true }));
    connect('b', answers(500, 'x'.repeat(LIMITS.JOB_ANSWER_BYTES_MAX)));
    await schedule(reboot);
    await runner.untilIdle();
    const found = await listJobDevices(hub, j1, { limit: 10 });
    expect(
      found.map(({ identity, status, response, error }) => [named(identity.deviceId), status, response, error?.code]),
    ).toEqual([
      ['a', 'completed', { status: 200, payload: { ok: true } }, undefined],
      ['b', 'completed', { status: 500, payload: null }, undefined],
      ['gone', 'failed', null, 'device.notOnline'],
    ]);
    expect(a.calls).toMatchObject([{ methodName: 'reboot', payload: Buffer.from('{"in":5}') }]);
  });

  it('is not held up by a device that does not answer, and counts it as running', async () => {
    await devices('a', 'slow');
    connect('a', answers(200, null));
    const answer = connectUnhurried('slow');
    await schedule(reboot);
    await runner.round();
    await until(async () => (await getJob(hub, j1)).counts.completed === 1);
    expect(await getJob(hub, j1)).toMatchObject({
      status: 'running',
      progress: 50,
      counts: { running: 1, pending: 0 },
    });
    answer({ status: 204, payload: Buffer.alloc(0) });
    await runner.untilIdle();
    expect(await statuses()).toEqual({ a: 'completed', slow: 'completed' });
  });

  it('waits for a device to connect', async () => {
    await devices('late');
    await schedule({ method: { ...reboot.method, connectTimeoutSeconds: 300 } });
    await runner.round();
    await until(async () => (await getJob(hub, j1)).counts.running === 1);
    connect('late', answers(200, 1));
    await runner.untilIdle();
    expect(await statuses()).toEqual({ late: 'completed' });
  });

  it('ends when its time is up: what is under way is given up, what waits is not done', async () => {
    await devices('a', 'slow');
    connect('a', answers(200, null));
    connect('slow', never);
    await schedule({ ...reboot, maxExecutionSeconds: 60 });
    await runner.round();
    await until(async () => (await getJob(hub, j1)).counts.completed === 1);
    hub.clock.advance(59);
    await runner.round();
    expect((await getJob(hub, j1)).status).toBe('running');
    hub.clock.advance(2);
    await runner.untilIdle();
    expect(await getJob(hub, j1)).toMatchObject({
      status: 'failed',
      failureReason: expect.stringContaining('60 s'),
      counts: { completed: 1, failed: 1, running: 0, pending: 0 },
    });
    const [slow] = await listJobDevices(hub, j1, { status: 'failed', limit: 10 });
    expect([named(slow?.identity.deviceId ?? ''), slow?.error?.code]).toEqual(['slow', 'job.timeUp']);
  });
});

describe('a job that is cancelled', () => {
  it('while it is scheduled never begins', async () => {
    await devices('a');
    await schedule({ startTime: hub.clock.now() + 60_000, ...twins });
    expect((await cancelJob(hub, j1)).status).toBe('cancelled');
    hub.clock.advance(120);
    await runner.untilIdle();
    expect(await getJob(hub, j1)).toMatchObject({ status: 'cancelled', startedTime: null, counts: { devices: 0 } });
    expect((await getTwin(hub, { deviceId: id('a') })).version).toBe(2);
  });

  it('while it runs lets what is under way end, and says which devices were not done', async () => {
    await devices('busy', 'waiting');
    const answer = connectUnhurried('busy');
    await schedule({ method: { ...reboot.method, connectTimeoutSeconds: 300 } });
    await runner.round();
    await until(async () => (await getJob(hub, j1)).counts.running === 2);
    await cancelJob(hub, j1);
    await until(async () => (await getJob(hub, j1)).counts.cancelled === 1);
    const late = connect('waiting', answers(200, null));
    answer({ status: 200, payload: Buffer.from('1') });
    await runner.untilIdle();
    expect(await statuses()).toEqual({ busy: 'completed', waiting: 'cancelled' });
    expect(late.calls).toEqual([]);
    const [waiting] = await listJobDevices(hub, j1, { status: 'cancelled', limit: 10 });
    expect(waiting?.error?.code).toBe('job.cancelled');
  });

  it('after its end stays as it ended', async () => {
    await devices('a');
    await schedule(twins);
    await runner.untilIdle();
    expect((await cancelJob(hub, j1)).status).toBe('completed');
    await expect(cancelJob(hub, 'none')).rejects.toMatchObject({ code: 'job.notFound' });
  });
});

describe('a restart', () => {
  it('goes on with what was under way, without a second outcome', async () => {
    await devices('a', 'b', 'c');
    connect('a', answers(200, 'first'));
    connect('b', never);
    connect('c', never);
    await schedule(reboot);
    await runner.round();
    await until(async () => (await getJob(hub, j1)).counts.completed === 1);
    await runner.close();
    expect(await getJob(hub, j1)).toMatchObject({ status: 'running', counts: { completed: 1, failed: 0 } });
    hub = await hub.reopened();
    const again = ['a', 'b', 'c'].map((name) => connect(name, answers(200, 'second')));
    runner = newRunner();
    await runner.untilIdle();
    const found = await listJobDevices(hub, j1, { limit: 10 });
    expect(found.map(({ response }) => response?.payload)).toEqual(['first', 'second', 'second']);
    expect(again.map(({ calls }) => calls.length)).toEqual([0, 1, 1]);
    expect(await getJob(hub, j1)).toMatchObject({ status: 'completed', counts: { devices: 3, completed: 3 } });
  });

  it('of a cancelled job tells of what was under way that nobody knows', async () => {
    await devices('a');
    await schedule(reboot);
    await runner.close();
    // As a kill leaves it: the device is claimed, the job is cancelled, and nobody settled it.
    await hub.jobs.step(j1, ['queued'], { status: 'running', startedTime: hub.clock.now() });
    await hub.jobs.addTargets(j1, [{ deviceId: id('a') }, { deviceId: id('b') }], hub.clock.now());
    await hub.jobs.fixTargets(j1);
    await hub.jobs.claim(j1, 1, hub.clock.now());
    await cancelJob(hub, j1);
    runner = newRunner();
    await runner.untilIdle();
    expect(await statuses()).toEqual({ a: 'failed', b: 'cancelled' });
    const [a] = await listJobDevices(hub, j1, { status: 'failed', limit: 1 });
    expect(a?.error?.message).toContain('not known');
  });

  it('while the devices were being found keeps to those that were found, and finds the rest', async () => {
    await devices('a', 'b', 'c');
    await schedule(twins);
    await runner.close();
    await hub.jobs.step(j1, ['queued'], { status: 'running', startedTime: hub.clock.now() });
    await hub.jobs.addTargets(j1, [{ deviceId: id('a') }, { deviceId: id('b') }], hub.clock.now());
    await deleteDevice(hub, { deviceId: id('a') });
    runner = newRunner();
    await runner.untilIdle();
    expect(await statuses()).toEqual({ a: 'failed', b: 'completed', c: 'completed' });
  });
});

describe('many jobs', () => {
  it('run so many at a time, the others in turn', async () => {
    await devices('busy');
    connect('busy', never);
    const jobs = LIMITS.JOBS_RUNNING_MAX + 2;
    for (let i = 0; i < jobs; i++) await schedule({ jobId: id(`j${i}`), ...reboot });
    await runner.round();
    await until(async () => (await hub.jobs.countByStatus()).running === LIMITS.JOBS_RUNNING_MAX);
    expect(await hub.jobs.countByStatus()).toMatchObject({ running: LIMITS.JOBS_RUNNING_MAX, queued: 2 });
    // Ten calls are under way on the one device; the next is refused at once, as it would be anybody's.
    for (let i = 0; i < jobs; i++) await cancelJob(hub, id(`j${i}`));
  });

  it('are refused past the bound, and under an id that is taken', async () => {
    const limited = { ...hub, jobLimits: { ...hub.jobLimits, activeMax: 2 } };
    const schedule = (job: Partial<NewJob>) => scheduleJob(limited, { condition: '*', ...job });
    const later = { startTime: hub.clock.now() + 60_000, ...twins };
    await schedule({ jobId: id('x'), ...later });
    await expect(schedule({ jobId: id('x'), ...later })).rejects.toMatchObject({ code: 'job.exists' });
    await schedule({ jobId: id('y'), ...later });
    await expect(schedule({ jobId: id('z'), ...later })).rejects.toMatchObject({ code: 'job.tooMany' });
    await cancelJob(hub, id('x'));
    await runner.untilIdle();
    await schedule({ jobId: id('z'), ...later });
  });

  it('are listed newest first, by type and state, in pages', async () => {
    const later = { startTime: hub.clock.now() + 3_600_000 };
    for (const name of ['b', 'a', 'c']) {
      hub.clock.advance(1);
      await schedule({ jobId: id(name), ...later, ...(name === 'a' ? reboot : twins) });
    }
    await cancelJob(hub, id('c'));
    const ids = async (query: Parameters<typeof listJobs>[1]) =>
      (await listJobs(hub, query))
        .map(({ jobId }) => jobId)
        .filter((jobId) => jobId.startsWith(id('')))
        .map(named);
    expect(await ids({ limit: 3 })).toEqual(['c', 'a', 'b']);
    expect(await ids({ limit: 9, types: ['scheduleDeviceMethod'] })).toEqual(['a']);
    expect(await ids({ limit: 9, status: 'cancelled' })).toEqual(['c']);
    const [first] = (await listJobs(hub, { limit: 1 })) as [JobRecord];
    expect(await ids({ limit: 2, after: first })).toEqual(['a', 'b']);
  });

  it('are forgotten a month after their end, with their devices', async () => {
    await devices('a');
    await schedule(twins);
    await runner.untilIdle();
    const sweeper = new JobSweeper(hub, { intervalMs: 3_600_000 });
    hub.clock.advance(LIMITS.JOB_HISTORY_SECONDS);
    await sweeper.sweep();
    expect((await getJob(hub, j1)).status).toBe('completed');
    hub.clock.advance(1);
    await sweeper.sweep();
    await sweeper.close();
    await expect(getJob(hub, j1)).rejects.toMatchObject({ code: 'job.notFound' });
    expect(await hub.jobs.listDevices(j1, { limit: 1 })).toEqual([]);
  });
});

describe('scheduleJob', () => {
  it('refuses what cannot be done on any device, and keeps nothing of it', async () => {
    const refused: readonly [string, Partial<NewJob>, string?][] = [
      ['no condition', { condition: ' ', ...twins }],
      ['a malformed condition', { condition: 'tags.a = ', ...twins }],
      ['SQL for a condition', { condition: "1=1'; DROP TABLE job; --", ...twins }],
      ['negative time', { maxExecutionSeconds: -1, ...twins }],
      ['no time', { maxExecutionSeconds: 0, ...twins }],
      ['half a second', { maxExecutionSeconds: 0.5, ...twins }],
      ['too much time', { maxExecutionSeconds: LIMITS.JOB_SECONDS_MAX + 1, ...twins }],
      ['a start before all time', { startTime: -1, ...twins }],
      ['a start in a century', { startTime: 9e12, ...twins }],
      ['an id that is a path', { jobId: '../x', ...twins }],
      ['an empty id', { jobId: '', ...twins }],
      ['the reserved id', { jobId: 'Query', ...twins }],
      ['a long id', { jobId: id('x').repeat(129), ...twins }],
      ['nothing to do', {}],
      ['two things to do', { ...twins, ...reboot }],
      ['an empty update', { update: {} }],
      ['a key that twins do not have', { update: { tags: { 'a.b': 1 } } }],
      ['a method without a name', { method: { methodName: '' } }],
      ['a negative timeout', { method: { methodName: 'x', connectTimeoutSeconds: -1 } }],
      ['a payload too large', { method: { methodName: 'x', payload: 'x'.repeat(131_073) } }, 'message.tooLarge'],
    ];
    for (const [what, job, code = 'argument.invalid'] of refused) {
      await expect(schedule(job), what).rejects.toMatchObject({ code });
    }
    expect((await listJobs(hub, { limit: 1_000 })).filter(({ jobId }) => jobId === j1)).toEqual([]);
  });

  it('says where a condition is wrong', async () => {
    await expect(schedule({ condition: 'tags.a ==', ...twins })).rejects.toThrow('at character 9, near "="');
  });

  it('takes every character that an id may have', async () => {
    const jobId = "a-:.+%_#*?!(),=@;$'Z";
    await schedule({ jobId, startTime: hub.clock.now() + 1_000, ...twins });
    expect((await getJob(hub, jobId)).jobId).toBe(jobId);
  });
});
