import type { Connectivity, Page, PropertyHistory, TwinVersion, TwinVersionRow } from '@viaduct/contracts';
import { createDevice, patchReported, patchTwin, replaceTwin } from '@viaduct/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';
import { FakeSession } from '../testing/fake-session.ts';

const WAITS = { timeout: 20_000, interval: 200 };
let tested: ConsoleUnderTest;
let browser: Browser;
const identity = { deviceId: 'd1' };

beforeEach(async () => {
  tested = await openConsole({ history: true });
  browser = await signedInBrowser(tested);
  await createDevice(tested.hub, identity, {}, { tags: { site: 'zoo' } });
});
afterEach(() => tested.close());

async function versions(): Promise<Page<TwinVersionRow>> {
  await tested.central.history.caughtUp();
  return (await browser.request('GET', '/devices/d1/twin/versions')).json();
}

async function version(number: number): Promise<TwinVersion> {
  await tested.central.history.caughtUp();
  return (await browser.request('GET', `/devices/d1/twin/versions/${number}`)).json();
}

describe('the history of a twin', () => {
  it('has a version for each change, newest first, with the paths that changed', async () => {
    await patchTwin(tested.hub, identity, { desired: { interval: 5, fan: { speed: 3, on: true } } });
    await patchReported(tested.hub, identity, { interval: 5 }, null);
    await patchTwin(tested.hub, identity, { tags: { site: null, owner: 'ada' }, desired: { interval: null } });
    const { items, total } = await versions();
    expect(total).toBe(5);
    expect(
      items.map(({ version, section, sectionVersion, paths }) => [version, section, sectionVersion, paths]),
    ).toEqual([
      [5, 'desired', 3, ['interval']],
      [4, 'tags', null, ['site', 'owner']],
      [3, 'reported', 2, ['interval']],
      [2, 'desired', 2, ['interval', 'fan.speed', 'fan.on']],
      [1, 'desired', 1, []],
    ]);
  });

  it('shows any version as it was', async () => {
    await patchTwin(tested.hub, identity, { desired: { interval: 5, fan: { speed: 3 } } });
    await patchTwin(tested.hub, identity, { desired: { interval: null, fan: { speed: 4 } } });
    await replaceTwin(tested.hub, identity, { desired: { only: 1 } });
    await patchReported(tested.hub, identity, { only: 1 }, null);
    expect(await version(1)).toMatchObject({ tags: { site: 'zoo' }, desired: {}, reported: {} });
    expect(await version(2)).toMatchObject({ desired: { interval: 5, fan: { speed: 3 } } });
    expect((await version(3)).desired).toEqual({ fan: { speed: 4 } });
    expect(await version(4)).toMatchObject({ section: 'desired', desired: { only: 1 }, tags: { site: 'zoo' } });
    expect(await version(5)).toMatchObject({ desired: { only: 1 }, reported: { only: 1 } });
    expect((await browser.request('GET', '/devices/d1/twin/versions/6')).json()).toMatchObject({
      code: 'twin.versionNotKept',
    });
  });

  it('pages', async () => {
    for (let i = 0; i < 5; i++) await patchReported(tested.hub, identity, { i }, null);
    await tested.central.history.caughtUp();
    const first = (await browser.request('GET', '/devices/d1/twin/versions?limit=4')).json<Page<TwinVersionRow>>();
    expect(first.items.map(({ version }) => version)).toEqual([6, 5, 4, 3]);
    const next = `/devices/d1/twin/versions?limit=4&before=${first.cursor}`;
    const second = (await browser.request('GET', next)).json<Page<TwinVersionRow>>();
    expect(second.items.map(({ version }) => version)).toEqual([2, 1]);
    expect(second.cursor).toBeUndefined();
  });

  it('tells what became of one property, whoever asked or reported, also in a component', async () => {
    await patchTwin(tested.hub, identity, { desired: { interval: 5, fan: { __t: 'c', 'spin/~': 1 } } });
    await patchReported(tested.hub, identity, { interval: { value: 5, ac: 200, av: 2 } }, null);
    await patchTwin(tested.hub, identity, { desired: { other: 1 } });
    await patchTwin(tested.hub, identity, { desired: { interval: 5, fan: { 'spin/~': 2 } } });
    await patchTwin(tested.hub, identity, { desired: { fan: null } });
    await replaceTwin(tested.hub, identity, { desired: { interval: 7 } });
    await tested.central.history.caughtUp();
    const historyOf = async (query: string) => {
      const answer = await browser.request('GET', `/devices/d1/twin/property?${query}`);
      return answer.json<PropertyHistory>().items.map(({ version, section, value }) => [version, section, value]);
    };
    expect(await historyOf('name=interval')).toEqual([
      [7, 'desired', 7],
      [3, 'reported', { value: 5, ac: 200, av: 2 }],
      [2, 'desired', 5],
    ]);
    expect(await historyOf(`component=fan&name=${encodeURIComponent('spin/~')}`)).toEqual([
      [6, 'desired', null],
      [5, 'desired', 2],
      [2, 'desired', 1],
    ]);
    expect(await historyOf('name=__proto__')).toEqual([]);
    expect((await browser.request('GET', '/devices/d1/twin/property')).statusCode).toBe(400);
  });

  it('tells how long a device was connected on each day', async () => {
    tested.hub.sessions.enter(new FakeSession('d1', tested.clock.now()));
    // Presence is written a moment behind.
    await expect
      .poll(async () => {
        await tested.central.history.caughtUp();
        const { days } = (await browser.request('GET', '/devices/d1/connectivity?days=2')).json<Connectivity>();
        return days.map(({ connects }) => connects);
      }, WAITS)
      .toEqual([0, 1]);
    expect((await browser.request('GET', '/devices/d1/connectivity?days=0')).statusCode).toBe(400);
  });
});
