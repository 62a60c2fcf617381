import type { ThrottlingRow } from '@viaduct/contracts';
import { changeLimits, HubThrottle, THROTTLE_PROFILES } from '@viaduct/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

const d1 = { deviceId: 'd1' };
let tested: ConsoleUnderTest;
let browser: Browser;

beforeEach(async () => {
  tested = await openConsole();
  browser = await signedInBrowser(tested);
});
afterEach(() => tested.close());

describe('throttling of a device', () => {
  it('is nothing where nothing is limited', async () => {
    expect(await rows('/devices/d1')).toEqual([]);
  });

  it('says what was held and refused, of a device and of its modules apart', async () => {
    const throttle = new HubThrottle(
      tested.hub,
      changeLimits(THROTTLE_PROFILES.relaxed, 'device.telemetry=2/s:1'),
      null,
    );
    Object.assign(tested.hub, { throttle });
    for (let i = 0; i < 3; i++) throttle.take(d1, 'telemetry');
    const [{ lastTime } = { lastTime: 0 }] = throttle.stateOf(d1);
    expect(await rows('/devices/d1')).toEqual([
      {
        operation: 'telemetry',
        heldCount: 2,
        refusedCount: 0,
        lastAt: new Date(lastTime).toISOString(),
        scope: 'device',
        limitPerSecond: 2,
      },
    ]);
    expect(await rows('/devices/d1/modules/m1')).toEqual([]);
  });
});

async function rows(path: string): Promise<readonly ThrottlingRow[]> {
  const answer = await browser.request('GET', `${path}/throttling`);
  expect(answer.statusCode).toBe(200);
  return answer.json<readonly ThrottlingRow[]>();
}
