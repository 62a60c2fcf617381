import type { RouteMatchCount, RoutingView } from '@viaduct/contracts';
import { AuthMethod, encodeRecord, Source } from '@viaduct/hub';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let console: ConsoleUnderTest;
let browser: Browser;
beforeEach(async () => {
  console = await openConsole();
  browser = await signedInBrowser(console);
});
afterEach(() => console.close());

const ROUTE = { source: 'DeviceMessages', condition: "level = 'high'", endpointNames: ['events'], isEnabled: true };

async function say(body: string, bag: string): Promise<void> {
  const speaker = { deviceId: 'd1', generationId: '1', authMethod: AuthMethod.deviceKey, modelId: null };
  await console.hub.log.append(0, encodeRecord(speaker, Source.telemetry, 0, bag, Buffer.from(body)));
}

it('shows, changes and removes routes, for whoever saw what is there now, and writes who did it', async () => {
  const before = (await browser.request('GET', '/routing')).json<RoutingView>();
  expect(before).toMatchObject({ version: 0, routes: [], endpoints: [], fallbackRoute: { isEnabled: true } });

  const saved = await browser.request('PUT', `/routing/routes/hot?etag=${before.etag}`, ROUTE);
  expect(saved.json()).toMatchObject({ version: 1, routes: [{ name: 'hot', ...ROUTE }] });
  const late = await browser.request('PUT', `/routing/routes/cold?etag=${before.etag}`, ROUTE);
  expect(late.json()).toMatchObject({ code: 'etag.mismatch' });
  const wrong = await browser.request('PUT', '/routing/routes/cold', { ...ROUTE, condition: 'level = ' });
  expect([wrong.statusCode, wrong.json()]).toMatchObject([400, { code: 'routing.invalid' }]);

  const removed = await browser.request('DELETE', '/routing/routes/HOT');
  expect(removed.json()).toMatchObject({ version: 2, routes: [] });
  const audit = (await browser.request('GET', '/audit')).json<{ items: { action: string; code: string | null }[] }>();
  expect(audit.items.slice(0, 4).map(({ action, code }) => [action, code])).toEqual([
    ['route.remove', null],
    ['route.save', 'routing.invalid'],
    ['route.save', 'etag.mismatch'],
    ['route.save', null],
  ]);
});

it('tries a condition on a sample, on all routes, and on what devices really said', async () => {
  await browser.request('PUT', '/routing/routes/hot', ROUTE);
  const message = {
    body: '{"t":21}',
    appProperties: { level: 'high' },
    systemProperties: {},
    twin: { tags: { a: 1 } },
  };
  const tested = async (condition: string) =>
    (await browser.request('POST', '/routing/test', { condition, source: 'DeviceMessages', message })).json();
  expect(await tested('$body.t = 21 AND $twin.tags.a = 1')).toEqual({ result: 'true' });
  expect(await tested('$body.t = 20')).toEqual({ result: 'false' });
  expect(await tested('$body.none = 20')).toEqual({ result: 'undefined' });
  expect(await tested('$body.t = = 20')).toMatchObject({
    result: 'invalid',
    location: { start: { line: 1, column: 11 }, end: { line: 1, column: 12 } },
  });
  const all = await browser.request('POST', '/routing/test-all', { source: 'DeviceMessages', message });
  expect(all.json()).toEqual({ routes: ['hot'] });

  for (let t = 0; t < 10; t++) await say(`t${t}`, t % 3 === 0 ? 'level=high' : 'level=low');
  const counted = await browser.request('POST', '/routing/count', {
    ...ROUTE,
    endpointNames: undefined,
    isEnabled: undefined,
    newest: 5,
  });
  expect(counted.json<RouteMatchCount>()).toMatchObject({
    matched: 2,
    examined: 5,
    samples: [{ bodyText: 't9' }, { bodyText: 't6' }],
  });
});
