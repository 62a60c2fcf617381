import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type DeviceDetail, parseConnectionString, type ReadyFile } from '@viaduct/contracts';
import { deviceClient, nextLoopbackAddress, RawMqtt, shareTestCa, type TestDevice, until } from '@viaduct/testkit';
import { Message, ModuleClient } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, type ConsolePage, openConsole, PICTURES, signIn, signUp } from './signed-in-page.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface MachineTwin {
  readonly desired: { readonly values: Readonly<Record<string, unknown>> };
  readonly reported: { readonly values: Readonly<Record<string, { readonly value: unknown; readonly ac: number }>> };
}

/**
 * The README to the letter, in a real browser: `npm start`, the one-time link, this machine's chart moving, a method, a desired
 * property, a device of one's own that is refused first and then comes in.
 */
describe.skipIf(!existsSync(CHROMIUM))('the console', () => {
  let server: ChildProcess;
  let ready: ReadyFile;
  let browser: ConsolePage;
  let page: ConsolePage['page'];
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'viaduct-e2e-'));
    // The SDK uploads files by a client that trusts only what this process trusted when it began.
    await shareTestCa(join(directory, 'data'));
    const readyFile = join(directory, 'ready.json');
    const started = performance.now();
    server = spawn(
      'npm',
      ['start', '--', '--data', join(directory, 'data'), '--bind', nextLoopbackAddress(), '--ready-file', readyFile],
      { cwd: root, stdio: 'ignore', detached: true },
    );
    ready = await until(
      () => (existsSync(readyFile) ? (JSON.parse(readFileSync(readyFile, 'utf8')) as ReadyFile) : undefined),
      { what: 'npm start', timeoutMs: 50_000 },
    );
    console.log(`npm start to ready: ${Math.round(performance.now() - started)} ms`);
    browser = await openConsole(ready);
    page = browser.page;
  });

  afterAll(async () => {
    await browser?.close();
    if (server?.pid !== undefined) {
      process.kill(-server.pid, 'SIGTERM');
      await once(server, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  });

  it('makes the first administrator by the one-time link, which works once', async () => {
    expect(ready.adminLink).not.toBeNull();
    await page.goto(ready.adminLink as string);
    await page.getByLabel('User name').waitFor();
    await browser.expectAccessible();
    await signUp(page);
    const second = await browser.context.newPage();
    await second.goto(ready.adminLink as string);
    await second
      .getByText(/was used|has expired|works once/i)
      .first()
      .waitFor();
    await second.close();
  });

  it('shows this machine on a chart that moves, without a reload', async () => {
    await browser.open('devices');
    await page.getByText('Connected').first().waitFor();
    await browser.expectAccessible();
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    await page.getByText('CPU load', { exact: true }).first().waitFor();
    await page.locator('canvas').first().waitFor();
    const before = await lastOffset();
    await until(async () => ((await lastOffset()) > before + 1 ? true : undefined), {
      what: 'two more messages',
      timeoutMs: 30_000,
    });
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('button', { name: '1 minute', exact: true }).click();
    await page.waitForURL(/time=PT1M\b/);
    // Only a picture needs a minute of history.
    await page.waitForTimeout(PICTURES === undefined ? 0 : 60_000);
    await browser.picture('device-overview');
    await browser.expectAccessible();
    const tabs = { messages: 'raw-data', properties: 'properties', commands: 'commands', connect: 'connect' };
    for (const [tab, name] of Object.entries(tabs)) {
      await browser.open(`devices/${await machine()}/${tab}`);
      await page.getByRole('navigation', { name: 'Device' }).waitFor();
      await browser.picture(`device-${name}`);
      await browser.expectAccessible();
    }
  });

  it('calls a command and shows the answer', async () => {
    await browser.open(`devices/${await machine()}/commands`);
    await page.getByText('Diagnose').first().click();
    await page.getByRole('button', { name: 'Call' }).click();
    await page
      .getByText(/agentVersion|nodeVersion|uptime/i)
      .first()
      .waitFor();
    await page.getByText('200').first().waitFor();
  });

  it('changes a desired property, and the device accepts it', async () => {
    await browser.open(`devices/${await machine()}/properties`);
    await page.getByRole('button', { name: /edit.*telemetry interval/i }).click();
    await page
      .getByRole('textbox', { name: /telemetry interval/i })
      .or(page.getByLabel(/telemetry interval/i))
      .first()
      .fill('2');
    await page
      .getByRole('button', { name: /^(set|save|send|apply)/i })
      .first()
      .click();
    await page
      .getByText(/accepted/i)
      .first()
      .waitFor();
    const twin = await until(
      async () => {
        const now = await browser.api<MachineTwin>('GET', `devices/${await machine()}/twin`);
        return now.reported.values.telemetryIntervalSeconds?.value === 2 ? now : undefined;
      },
      { what: 'the interval as the device reports it', timeoutMs: 20_000 },
    );
    expect(twin.desired.values.telemetryIntervalSeconds).toBe(2);
    expect(twin.reported.values.telemetryIntervalSeconds).toMatchObject({ ac: 200 });
  });

  it('says why a device is refused, and turns green when it comes in', async () => {
    await browser.open('devices');
    await page.getByRole('button', { name: 'Add device' }).first().click();
    await page.getByRole('dialog').getByRole('textbox').fill('thermostat-1');
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByText(/waiting for your device/i).waitFor();
    await browser.picture('waiting');
    const { primaryConnectionString } = await browser.api<{ primaryConnectionString: string }>(
      'GET',
      'devices/thermostat-1',
    );
    const wrong = await deviceClient(
      primaryConnectionString.replace(/SharedAccessKey=.*/, `SharedAccessKey=${Buffer.alloc(32).toString('base64')}`),
      ready.caFile,
    );
    await expect(wrong.open()).rejects.toThrow();
    await page
      .getByText(/not signed with a key/i)
      .first()
      .waitFor();
    await browser.picture('refused');

    const client = await deviceClient(primaryConnectionString, ready.caFile);
    await client.open();
    await client.sendEvent(new Message(JSON.stringify({ temperature: 21.5 })));
    await page.getByText(/connected, and messages arrive/i).waitFor();
    await browser.picture('arrived');
    await browser.open('devices/thermostat-1');
    await page.getByText('temperature', { exact: true }).first().waitFor();
    await client.close();
  });

  it('adds a module, which comes in with a client of its own', async () => {
    await browser.open('devices/thermostat-1/modules');
    await page.getByRole('button', { name: 'Add the first module' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('camera');
    await browser.expectAccessible();
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Module camera' }).waitFor();
    await page.getByText('No properties yet').waitFor();

    const { primaryConnectionString } = await browser.api<DeviceDetail>('GET', 'devices/thermostat-1/modules/camera');
    const module = ModuleClient.fromConnectionString(primaryConnectionString ?? '', Mqtt);
    await module.setOptions({ ca: readFileSync(ready.caFile, 'utf8') });
    await module.open();
    const twin = await module.getTwin();
    await new Promise<void>((done, fail) => {
      twin.properties.reported.update({ zoom: 3 }, (error: Error | null) => (error ? fail(error) : done()));
    });
    module.onMethod('focus', (_request, response) => void response?.send(200, { sharp: true }));
    await page.getByText('zoom', { exact: true }).waitFor();
    await page.getByRole('navigation', { name: 'Module' }).getByRole('link', { name: 'Commands' }).click();
    await page.getByLabel('Command name').fill('focus');
    await page.getByRole('button', { name: 'Call' }).click();
    await page
      .getByText(/"sharp": true/)
      .first()
      .waitFor();
    await browser.picture('module');
    await browser.expectAccessible();

    await page.getByRole('navigation', { name: 'Module' }).getByRole('link', { name: 'Telemetry' }).click();
    await page.getByText('No telemetry yet').waitFor();
    await module.sendEvent(new Message(JSON.stringify({ sharpness: 41 })));
    await page.getByRole('region', { name: 'sharpness' }).locator('canvas').waitFor();
    await browser.expectAccessible();

    await openTab('Modules');
    await page
      .getByRole('row', { name: /camera/ })
      .getByText('Connected')
      .waitFor();
    await browser.picture('device-modules');
    await browser.expectAccessible();
    await module.close();
  });

  it('shows where each command of the queue is, and empties it', async () => {
    const { primaryConnectionString } = await browser.api<DeviceDetail>('GET', 'devices/thermostat-1');
    await browser.open('devices/thermostat-1/commands');
    await page.getByRole('button', { name: 'Message to the queue…' }).click();
    for (const name of ['first', 'second']) {
      await page.getByLabel('Body').first().fill(JSON.stringify({ name }));
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await page.getByText(`${name === 'first' ? 1 : 2} of 50`).waitFor();
    }
    // A device that takes what waits and does not say that it has it.
    const device = await RawMqtt.open(ready);
    await device.connectAs(testDevice('thermostat-1', primaryConnectionString ?? ''), ready.hostName);
    await device.subscribe('devices/thermostat-1/messages/devicebound/#', 1);
    await page.getByText("In the device's hands until").first().waitFor();
    await page.locator('summary').first().click();
    await page.getByText('"name": "first"').waitFor();
    await browser.picture('device-queue');
    await browser.expectAccessible();

    await page.getByRole('button', { name: 'Purge…' }).click();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Purge queue' }).click();
    await page.getByText(/nothing waits/i).waitFor();
    device.close();
  });

  it('shows the files that a device uploads, and gives them out', async () => {
    const { primaryConnectionString } = await browser.api<DeviceDetail>('GET', 'devices/thermostat-1');
    await browser.open('devices/thermostat-1/files');
    await page.getByText('No files yet').waitFor();
    const client = await deviceClient(primaryConnectionString ?? '', ready.caFile);
    const report = Buffer.from(JSON.stringify({ readings: [21.5, 21.6], sensor: 'attic' }));
    const files = { 'reports/today.json': report, 'picture.png': await page.screenshot({ scale: 'css' }) };
    for (const [name, bytes] of Object.entries(files)) {
      await client.uploadToBlob(name, Readable.from([bytes]), bytes.length);
    }
    await page.getByRole('button', { name: 'picture.png', exact: true }).waitFor();
    await browser.picture('device-files');
    await browser.expectAccessible();

    await page.getByRole('button', { name: 'picture.png', exact: true }).click();
    const drawnWidth = `document.querySelector('img[alt="picture.png"]')?.naturalWidth ?? 0`;
    await expect.poll(() => page.evaluate<number>(drawnWidth), { timeout: 10_000 }).toBe(1280);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'reports/today.json', exact: true }).click();
    await page.getByText('"sensor": "attic"').waitFor();
    await browser.picture('file-preview');
    await browser.expectAccessible();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('dialog').getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('today.json');
    expect(readFileSync(await download.path())).toEqual(report);

    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Delete picture.png' }).click();
    await page.getByRole('button', { name: 'Delete file' }).click();
    await page.getByRole('button', { name: 'picture.png', exact: true }).waitFor({ state: 'detached' });
    await client.close();
  });

  it('rotates a key: who signed with it is thrown out, and the history says why', async () => {
    const { primaryConnectionString } = await browser.api<DeviceDetail>('GET', 'devices/thermostat-1');
    const client = await deviceClient(primaryConnectionString ?? '', ready.caFile);
    await client.open();
    await browser.open('devices/thermostat-1/credentials');
    await page.getByRole('button', { name: 'New primary key…' }).click();
    await page.getByText(/disconnected and refused from then on/).waitFor();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Make new primary key' }).click();
    await page.getByText('The primary key is new').waitFor();
    await browser.picture('device-credentials');
    await browser.expectAccessible();
    expect((await browser.api<DeviceDetail>('GET', 'devices/thermostat-1')).primaryConnectionString).not.toBe(
      primaryConnectionString,
    );

    await openTab('Connections');
    await page
      .getByText(/the credentials of thermostat-1 were changed/)
      .first()
      .waitFor();
    // It tries to come back by itself, with the key that is gone.
    await page
      .getByText(/not signed with a key/i)
      .first()
      .waitFor();
    await browser.picture('device-connections');
    await browser.expectAccessible();
    await client.close();
  });

  it('registers a device by its certificate, and disables it with a reason', async () => {
    await browser.open('devices?add=true');
    await page.getByRole('dialog').getByRole('textbox').fill('valve-7');
    await page.getByRole('radio', { name: 'Own certificate' }).check();
    await page.getByLabel('Certificate or thumbprint').fill(readFileSync(ready.caFile, 'utf8'));
    await page.getByText(/an authority's certificate, not a device's/).waitFor();
    await page.getByLabel('Certificate or thumbprint').fill(`${'ab:'.repeat(31)}ab`);
    await browser.picture('new-device');
    await browser.expectAccessible();
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByText(/proves itself by certificate/i).waitFor();
    await openTab('Credentials');
    await page.getByText('AB'.repeat(32)).waitFor();
    await page.getByLabel('Reason (optional)').fill('Being replaced');
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText(/: Being replaced/).waitFor();
    await browser.expectAccessible();
  });

  it('works at 360 pixels and in the dark', async () => {
    await browser.expectNarrow('devices/thermostat-1/history', 'narrow-history');
    await browser.expectNarrow('devices/thermostat-1/credentials', 'narrow-credentials');
    await browser.expectNarrow(`devices/${await machine()}`, 'narrow-dark');
  });

  it('is usable by keyboard alone, signs out, and asks to sign in again', async () => {
    await browser.open('devices');
    await page.getByText('thermostat-1').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.textContent')).toMatch(/skip/i);
    await page.getByRole('textbox', { name: /search/i }).focus();
    await page.keyboard.type('thermo');
    await page.getByText('thermostat-1').first().waitFor();
    await page.waitForURL(/thermo/);
    await page.getByRole('link', { name: 'thermostat-1' }).first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/devices\/thermostat-1/);

    await page.getByRole('button', { name: /operator/i }).click();
    await page.getByRole('menuitem', { name: /sign out/i }).click();
    await page.getByRole('button', { name: /sign in/i }).waitFor();
    await signIn(page);
    await page.getByRole('link', { name: 'Devices' }).first().waitFor();
  });

  it('never complained in the browser console', () => {
    expect(browser.complaints).toEqual([]);
  });

  async function openTab(name: string): Promise<void> {
    await page.getByRole('navigation', { name: 'Device' }).getByRole('link', { name, exact: true }).click();
  }

  async function machine(): Promise<string> {
    return (await browser.api<{ thisMachine: string }>('GET', 'overview')).thisMachine;
  }

  async function lastOffset(): Promise<number> {
    const messages = await browser.api<{ offset: number }[]>(
      'GET',
      `devices/${await machine()}/messages?sinceSeconds=60&limit=100`,
    );
    return messages.at(-1)?.offset ?? -1;
  }
});

/** A device of the console, as the raw client takes it. */
function testDevice(deviceId: string, connectionString: string): TestDevice {
  return { deviceId, connectionString, primaryKey: parseConnectionString(connectionString).SharedAccessKey ?? '' };
}
