import { type AuditEntry, type BulkOutcome, LIMITS, type Page } from '@viaduct/contracts';
import { createDevice, getDevice } from '@viaduct/hub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let served: ConsoleUnderTest;
let browser: Browser;

beforeAll(async () => {
  served = await openConsole();
  browser = await signedInBrowser(served);
  for (const deviceId of ['d1', 'd2']) await createDevice(served.hub, { deviceId }, {});
  await createDevice(served.hub, { deviceId: 'd1', moduleId: 'm' }, {});
});
afterAll(() => served.close());

const bulk = (action: string, identities: object[]) => browser.request('POST', '/bulk', { action, identities });

describe('POST /bulk', () => {
  it('does what it can, and says of each how it fared', async () => {
    const identities = [{ deviceId: 'd1' }, { deviceId: 'nobody' }, { deviceId: 'd1', moduleId: 'm' }];
    const outcomes = (await bulk('disable', identities)).json<BulkOutcome[]>();
    expect(outcomes.map(({ identity, error }) => [identity, error?.code ?? null])).toEqual([
      [{ deviceId: 'd1' }, null],
      [{ deviceId: 'nobody' }, 'device.notFound'],
      [{ deviceId: 'd1', moduleId: 'm' }, null],
    ]);
    expect((await getDevice(served.hub, { deviceId: 'd1' })).status).toBe('disabled');
    const audit = (await browser.request('GET', '/audit?limit=10')).json<Page<AuditEntry>>();
    const lines = audit.items.map(({ action, object, code }) => [action, object, code]);
    expect(lines).toEqual(
      expect.arrayContaining([
        ['device.disable', 'd1', null],
        ['device.disable', 'nobody', 'device.notFound'],
        ['module.disable', 'd1/m', null],
      ]),
    );
  });

  it('enables and deletes', async () => {
    await bulk('enable', [{ deviceId: 'd1' }]);
    expect((await getDevice(served.hub, { deviceId: 'd1' })).status).toBe('enabled');
    await bulk('delete', [{ deviceId: 'd2' }]);
    await expect(getDevice(served.hub, { deviceId: 'd2' })).rejects.toMatchObject({ code: 'device.notFound' });
  });

  it('has a bound, and does nothing else', async () => {
    const many = Array.from({ length: LIMITS.CONSOLE_BULK_MAX + 1 }, (_, index) => ({ deviceId: `x${index}` }));
    expect((await bulk('enable', many)).statusCode).toBe(400);
    expect((await bulk('explode', [{ deviceId: 'd1' }])).statusCode).toBe(400);
  });
});
