import type { ConfigurationDetail, ConfigurationDevicePage, ConfigurationTrial } from '@viaduct/contracts';
import { ConfigurationEngine, createDevice, patchTwin } from '@viaduct/hub';
import { until } from '@viaduct/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let console: ConsoleUnderTest;
let browser: Browser;
let engine: ConfigurationEngine;
beforeEach(async () => {
  console = await openConsole();
  browser = await signedInBrowser(console);
  engine = new ConfigurationEngine(console.hub);
});
afterEach(async () => {
  await engine.close();
  await console.close();
});

const content = { deviceContent: { 'properties.desired.rate': 60 } };

async function device(deviceId: string, kind: string): Promise<void> {
  await createDevice(console.hub, { deviceId });
  await patchTwin(console.hub, { deviceId }, { tags: { kind } });
}

it('tells whom a configuration would reach, makes it, shows how it fares, changes and removes it', async () => {
  for (const id of ['p1', 'p2', 'p3']) await device(id, 'pump');
  await device('l1', 'lamp');
  await patchTwin(console.hub, { deviceId: 'p3' }, { desired: { other: 1 } });
  const asked = { content, targetCondition: "tags.kind = 'pump'" };
  const trial = (await browser.request('POST', '/configurations/trial', asked)).json<ConfigurationTrial>();
  expect(trial).toEqual({
    kind: 'device',
    contentError: null,
    conditionErrorAt: null,
    conditionError: null,
    metricErrors: {},
    targetedCount: 3,
    first: [{ deviceId: 'p1' }, { deviceId: 'p2' }, { deviceId: 'p3' }],
  });
  expect((await browser.request('GET', '/configurations')).json()).toEqual([]);

  const metrics = { fast: 'SELECT deviceId FROM devices WHERE properties.reported.rate > 60' };
  const made = await browser.request('POST', '/configurations', { id: 'c1', priority: 5, metrics, ...asked });
  expect([made.statusCode, made.json()]).toMatchObject([
    201,
    { id: 'c1', kind: 'device', priority: 5, content, progress: { seenCount: expect.any(Number) } },
  ]);
  const detail = await until(
    async () => {
      const found = (await browser.request('GET', '/configurations/c1')).json<ConfigurationDetail>();
      return found.progress === null && found.customMetrics[0]?.count === 0 ? found : undefined;
    },
    { what: 'the configuration to come to its devices' },
  );
  expect(detail).toMatchObject({ targetedCount: 3, appliedCount: 3, failedCount: 0 });
  expect(detail.systemMetrics.map(({ name, count }) => [name, count])).toEqual([
    ['targetedCount', 3],
    ['appliedCount', 3],
  ]);
  expect(detail.customMetrics).toEqual([{ name: 'fast', query: metrics.fast, count: 0, error: null }]);
  expect((await browser.request('GET', '/configurations')).json()).toMatchObject([{ id: 'c1', appliedCount: 3 }]);

  const page = async (query: string) =>
    (await browser.request('GET', `/configurations/c1/devices?${query}`)).json<ConfigurationDevicePage>();
  const first = await page('limit=2');
  expect(first).toEqual({
    devices: ['p1', 'p2'].map((deviceId) => ({ deviceId, status: 'Applied', reason: null })),
    next: 'p2',
  });
  expect(await page(`limit=2&after=${first.next}`)).toMatchObject({ devices: [{ deviceId: 'p3' }], next: null });
  expect(await page('status=Failed')).toEqual({ devices: [], next: null });

  const stale = await browser.request('PATCH', '/configurations/c1?etag=old', { priority: 6 });
  expect(stale.json()).toMatchObject({ code: 'etag.mismatch' });
  const changed = await browser.request('PATCH', `/configurations/c1?etag=${detail.etag}`, { labels: { a: 'b' } });
  expect(changed.json()).toMatchObject({ priority: 5, labels: { a: 'b' }, targetCondition: asked.targetCondition });
  expect((await browser.request('DELETE', '/configurations/c1')).statusCode).toBe(204);
  expect((await browser.request('GET', '/configurations/c1')).statusCode).toBe(404);
  const audit = (await browser.request('GET', '/audit')).json<{ items: { action: string; code: string | null }[] }>();
  expect(audit.items.slice(0, 4).map(({ action, code }) => [action, code])).toEqual([
    ['configuration.remove', null],
    ['configuration.update', null],
    ['configuration.update', 'etag.mismatch'],
    ['configuration.create', null],
  ]);
});

it('says of each part of a trial what is wrong with it', async () => {
  const asked = { content: { deviceContent: { a: 1 } }, targetCondition: 'tags.a ==', metrics: { m: 'SELECT' } };
  const trial = (await browser.request('POST', '/configurations/trial', asked)).json<ConfigurationTrial>();
  expect(trial).toEqual({
    kind: null,
    contentError: expect.stringContaining('keys are paths such as'),
    conditionErrorAt: { offset: 8, length: 1 },
    conditionError: expect.stringContaining('character 9'),
    metricErrors: { m: expect.stringContaining('metric "m"') },
    targetedCount: null,
    first: [],
  });
  const nobody = { content, targetCondition: '' };
  const none = (await browser.request('POST', '/configurations/trial', nobody)).json<ConfigurationTrial>();
  expect([none.targetedCount, none.first]).toEqual([0, []]);
});

it('refuses what is no configuration', async () => {
  const made = (body: object) => browser.request('POST', '/configurations', body);
  const whole = { id: 'c1', content, targetCondition: '*', priority: 1 };
  expect((await made({ ...whole, id: 'C 1' })).json()).toMatchObject({ code: 'argument.invalid' });
  expect((await made({ ...whole, content: { x: 1 } })).json()).toMatchObject({ code: 'configuration.contentInvalid' });
  expect((await made({ ...whole, targetCondition: 'a b' })).json()).toMatchObject({
    code: 'configuration.conditionInvalid',
  });
  expect((await made({ id: 'c1', content })).statusCode).toBe(400);
  expect((await browser.request('GET', '/configurations/none/devices')).statusCode).toBe(404);
});
