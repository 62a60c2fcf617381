import type { JobDevicePage, JobPage, JobView } from '@viaduct/contracts';
import { createDevice, JobRunner } from '@viaduct/hub';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let console: ConsoleUnderTest;
let browser: Browser;
let runner: JobRunner;
beforeEach(async () => {
  console = await openConsole();
  browser = await signedInBrowser(console);
  runner = new JobRunner(console.hub, { intervalMs: 3_600_000 });
});
afterEach(async () => {
  await runner.close();
  await console.close();
});

const post = (path: string, body?: object) => browser.request('POST', path, body);
const get = async <T>(path: string) => (await browser.request('GET', path)).json<T>();

it('makes a job, shows how far it is and how it went on each device, and lists it', async () => {
  for (const deviceId of ['a', 'b', 'c']) await createDevice(console.hub, { deviceId });
  expect((await post('/jobs/targets', { condition: "deviceId IN ['a', 'b']" })).json()).toEqual({ devices: 2 });
  const made = await post('/jobs', { jobId: 'j1', condition: '*', method: { methodName: 'blink' } });
  expect([made.statusCode, made.json()]).toMatchObject([
    201,
    { jobId: 'j1', type: 'scheduleDeviceMethod', status: 'queued', progress: 0, condition: '*', update: null },
  ]);
  await runner.untilIdle();
  expect(await get<JobView>('/jobs/j1')).toMatchObject({
    status: 'completed',
    progress: 100,
    counts: { devices: 3, pending: 0, running: 0, completed: 0, failed: 3, cancelled: 0 },
  });
  const first = await get<JobDevicePage>('/jobs/j1/devices?status=failed&limit=2');
  expect(first.items).toMatchObject([
    {
      deviceId: 'a',
      moduleId: null,
      status: 'failed',
      error: { code: 'device.notOnline', advice: expect.any(String) },
    },
    { deviceId: 'b' },
  ]);
  const second = await get<JobDevicePage>(`/jobs/j1/devices?limit=2&cursor=${encodeURIComponent(first.cursor ?? '')}`);
  expect(second).toMatchObject({ items: [{ deviceId: 'c' }] });
  expect(second.cursor).toBeUndefined();
});

it('lists jobs in pages, by type and state, and cancels them', async () => {
  const startTime = console.hub.clock.now() + 3_600_000;
  for (const jobId of ['j1', 'j2', 'j3']) {
    await post('/jobs', { jobId, condition: '*', startTime, update: { tags: { a: 1 } } });
  }
  const page = await get<JobPage>('/jobs?limit=2&type=scheduleUpdateTwin&status=scheduled');
  expect(page.items.map(({ jobId }) => jobId)).toEqual(['j3', 'j2']);
  const rest = await get<JobPage>(`/jobs?limit=2&cursor=${encodeURIComponent(page.cursor ?? '')}`);
  expect(rest.items.map(({ jobId }) => jobId)).toEqual(['j1']);
  expect((await post('/jobs/j2/cancel')).json()).toMatchObject({ status: 'cancelled' });
  const audit = await get<{ items: { action: string; object: string }[] }>('/audit');
  expect(audit.items.slice(0, 2)).toMatchObject([
    { action: 'job.cancel', object: 'j2' },
    { action: 'job.create', object: 'j3: twins, *' },
  ]);
});

it('refuses what is no job in words', async () => {
  const refused = await post('/jobs', { condition: 'tags.a = ', update: { tags: {} } });
  expect([refused.statusCode, refused.json()]).toMatchObject([400, { code: 'argument.invalid' }]);
  expect((await post('/jobs', { condition: '*', update: {}, more: 1 })).statusCode).toBe(400);
  expect((await browser.request('GET', '/jobs/none')).json()).toMatchObject({ code: 'job.notFound' });
  expect((await browser.request('GET', '/jobs/none/devices')).json()).toMatchObject({ code: 'job.notFound' });
  expect((await browser.request('GET', '/jobs?cursor=x')).json()).toMatchObject({ code: 'argument.invalid' });
  expect((await browser.request('GET', '/jobs?limit=100000')).statusCode).toBe(400);
});
