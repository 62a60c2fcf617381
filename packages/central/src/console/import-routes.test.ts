import type { ImportView } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let server: ConsoleUnderTest;
let browser: Browser;

beforeEach(async () => {
  server = await openConsole();
  browser = await signedInBrowser(server);
});
afterEach(() => server.close());

const KEY = Buffer.alloc(32, 7).toString('base64');

async function imported(csv: string): Promise<ImportView> {
  const begun = await browser.request('POST', '/imports?fileName=fleet.csv', csv, 'text/csv');
  expect(begun.statusCode).toBe(202);
  const { importId } = begun.json<ImportView>();
  return vi.waitFor(async () => {
    const view = (await browser.request('GET', `/imports/${importId}`)).json<ImportView>();
    expect(view.state).not.toBe('running');
    return view;
  });
}

describe('a CSV import', () => {
  it('makes a device of each line, and tells of each that is refused', async () => {
    await server.central.devices.create('old', {});
    const view = await imported(
      [
        '\uFEFFIOTC_DEVICEID,IOTC_DEVICENAME,IOTC_SASKEY_PRIMARY,IOTC_ORGANIZATION,floor,owner',
        `d1,"Boiler, large",${KEY},plant,3,ada`,
        'old,,,,,',
        'no good id,,,,,',
        ',,,,4,',
        'd2,,,,,',
      ].join('\r\n'),
    );
    expect(view).toMatchObject({
      state: 'done',
      fileName: 'fleet.csv',
      linesDone: 5,
      lines: 5,
      created: 2,
      refused: 3,
    });
    expect(view.refusals.map(({ line, code }) => [line, code]).sort()).toEqual([
      [3, 'device.exists'],
      [4, 'device.idInvalid'],
      [5, 'argument.invalid'],
    ]);
    const errors = await browser.request('GET', `/imports/${view.importId}/errors`);
    expect(errors.headers['content-disposition']).toContain('attachment');
    expect(errors.body.split('\r\n').sort()).toContain('3,old,device.exists,device old exists already');
    const { devices, hub } = server.central;
    expect(await devices.find('d1')).toMatchObject({ displayName: 'Boiler, large', organizations: ['plant'] });
    expect(await devices.cloudProperties('d1')).toEqual({ floor: 3, owner: 'ada' });
    expect((await hub.registry.find({ deviceId: 'd1' }))?.authentication.symmetricKey.primaryKey).toBe(KEY);
  });

  it('makes nothing of a file that is no CSV of devices', async () => {
    expect(await imported('name,floor\r\nd1,3')).toMatchObject({ state: 'failed', created: 0 });
    expect(await imported('IOTC_DEVICEID,a\r\nd1,1\r\nd2,"')).toMatchObject({ state: 'failed', created: 0 });
    expect((await browser.request('GET', '/imports')).json<ImportView[]>()).toHaveLength(2);
  });
});

describe('an export', () => {
  it('is a file that an import understands, with secrets only for who asks for them', async () => {
    await imported(`IOTC_DEVICEID,IOTC_DEVICENAME,IOTC_SASKEY_PRIMARY,floor\r\nd1,"a ""b""",${KEY},3\r\nd2,,,`);
    const plain = await browser.request('GET', '/exports/devices?search=d1');
    expect(plain.body).toBe(
      'IOTC_DEVICEID,IOTC_DEVICENAME,IOTC_TEMPLATE,IOTC_ORGANIZATION,floor\r\nd1,"a ""b""",,,3\r\n',
    );
    const full = await browser.request('GET', '/exports/devices?credentials=true');
    expect(full.body.split('\r\n')[1]).toContain(KEY);
    await server.central.devices.remove('d1');
    await server.central.devices.remove('d2');
    expect(await imported(full.body)).toMatchObject({ created: 2, refused: 0 });
  });
});
