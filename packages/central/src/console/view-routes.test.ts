import type { FieldEdit, ViewEdits } from '@viaduct/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let served: ConsoleUnderTest;
let browser: Browser;

beforeAll(async () => {
  served = await openConsole();
  browser = await signedInBrowser(served);
  for (const deviceId of ['d1', 'd2']) await browser.request('POST', '/devices', { deviceId });
});
afterAll(() => served.close());

const patch = (fields: object, path = '/views/device/d1') => browser.request('PATCH', path, { fields });
const read = async (path = '/views/device/d1') => (await browser.request('GET', path)).json<ViewEdits>().fields;

describe('view edits', () => {
  it('are nothing at first', async () => {
    expect(await read('/views/device/never')).toEqual({});
  });

  it('of two people at once are both kept, attribute by attribute', async () => {
    await Promise.all([
      patch({ '/temp': { title: 'Kettle' } }),
      patch({ '/temp': { color: '#ff0000', min: 0 } }),
      patch({ 'motor/speed': { isHidden: true } }),
    ]);
    expect(await read()).toEqual({
      '/temp': { title: 'Kettle', color: '#ff0000', min: 0 },
      'motor/speed': { isHidden: true },
    });
  });

  it('are taken back by null, one attribute or a whole field', async () => {
    await patch({ '/temp': { min: null }, 'motor/speed': null });
    expect(await read()).toEqual({ '/temp': { title: 'Kettle', color: '#ff0000' } });
    expect((await browser.request('DELETE', '/views/device/d1')).statusCode).toBe(204);
    expect(await read()).toEqual({});
  });

  it('of a template are kept under its identifier', async () => {
    const contents = [{ '@type': 'Telemetry', name: 'a', schema: 'double' }];
    const capabilityModel = { '@id': 'dtmi:test:Model;1', '@type': 'Interface', displayName: 'Thing', contents };
    await served.central.templates.put('dtmi:test:Thing;1', { '@type': ['DeviceModel'], capabilityModel });
    const template = `/views/template/${encodeURIComponent('dtmi:test:Thing;1')}`;
    await patch({ '/a': { isPinned: true } }, template);
    expect(await read(template)).toEqual({ '/a': { isPinned: true } });
  });

  it('are of what there is only', async () => {
    expect((await patch({ '/a': { isPinned: true } }, '/views/device/nobody')).json()).toMatchObject({
      code: 'device.notFound',
    });
    expect((await patch({ '/a': { isPinned: true } }, '/views/template/none')).statusCode).toBe(404);
  });

  it('are bounded, and what is refused changes nothing', async () => {
    const long = (from: number): Record<string, FieldEdit> =>
      Object.fromEntries(
        Array.from({ length: 900 }, (_, i) => [`/${from + i}${'n'.repeat(100)}`, { title: 't'.repeat(128) }]),
      );
    expect((await patch(long(0), '/views/device/d2')).statusCode).toBe(200);
    expect((await patch(long(1_000), '/views/device/d2')).json()).toMatchObject({ code: 'argument.invalid' });
    expect(Object.keys(await read('/views/device/d2'))).toHaveLength(900);
    expect((await patch({ '/a': { color: 'red' } })).statusCode).toBe(400);
    expect((await browser.request('GET', '/views/fleet/x')).statusCode).toBe(400);
  });
});
