import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type DeviceDetail, parseConnectionString, type ReadyFile } from '@viaduct/contracts';
import { deviceClient, nextLoopbackAddress, RawMqtt, shareTestCa, type TestDevice, until } from '@viaduct/testkit';
import { Message, ModuleClient } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const CHROMIUM = process.env.VIADUCT_CHROMIUM ?? '/usr/bin/chromium';
const PASSWORD = 'correct horse battery staple';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Set to keep the README's pictures: VIADUCT_PICTURES=docs/images npx vitest run --project e2e */
const PICTURES = process.env.VIADUCT_PICTURES;

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/**
 * The README to the letter, in a real browser: `npm start`, the one-time link, this machine's chart moving, a method, a desired
 * property, a device of one's own that is refused first and then comes in.
 */
describe.skipIf(!existsSync(CHROMIUM))('the console', () => {
  let server: ChildProcess;
  let ready: ReadyFile;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let directory: string;
  const complaints: string[] = [];

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
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 40[13]/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  afterAll(async () => {
    await browser?.close();
    if (server?.pid !== undefined) {
      process.kill(-server.pid, 'SIGTERM');
      await once(server, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  });

  const url = (path: string) => new URL(path, ready.consoleUrl).href;
  const picture = async (name: string) => {
    if (PICTURES === undefined) return;
    await untilStill();
    mkdirSync(join(root, PICTURES), { recursive: true });
    await page.screenshot({ path: join(root, PICTURES, `${name}.png`) });
  };

  /** Halfway through a fade, every colour is too pale. */
  async function untilStill(): Promise<void> {
    const isStill =
      'document.getAnimations().every((a) => a.playState !== "running" || a.effect.getTiming().iterations === Infinity)';
    await expect.poll(() => page.evaluate<boolean>(isStill), { timeout: 10_000 }).toBe(true);
  }

  async function expectAccessible(): Promise<void> {
    await untilStill();
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()');
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
      page.url(),
    ).toEqual([]);
  }

  it('makes the first administrator by the one-time link, which works once', async () => {
    expect(ready.adminLink).not.toBeNull();
    await page.goto(ready.adminLink as string);
    await page.getByLabel('User name').fill('operator');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Password again').fill(PASSWORD);
    await expectAccessible();
    await page.getByRole('button', { name: 'Create and sign in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const second = await context.newPage();
    await second.goto(ready.adminLink as string);
    await second
      .getByText(/was used|has expired|works once/i)
      .first()
      .waitFor();
    await second.close();
  });

  it('shows this machine on a chart that moves, without a reload', async () => {
    await page.goto(url('devices'));
    await page.getByText('Connected').first().waitFor();
    await expectAccessible();
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    await page.getByText('CPU load', { exact: true }).first().waitFor();
    await page.locator('canvas').first().waitFor();
    const before = await lastOffset();
    await until(async () => ((await lastOffset()) > before + 1 ? true : undefined), {
      what: 'two more messages',
      timeoutMs: 10_000,
    });
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('button', { name: '1 minute', exact: true }).click();
    await expect.poll(() => page.url()).toMatch(/time=PT1M\b/);
    // Only a picture needs a minute of history.
    await page.waitForTimeout(PICTURES === undefined ? 0 : 60_000);
    await picture('device-overview');
    await expectAccessible();
    const tabs = [
      'About',
      'Raw data',
      'Properties',
      'Commands',
      'Modules',
      'Files',
      'History',
      'Connections',
      'Credentials',
      'Connect',
    ];
    for (const tab of tabs) {
      await openTab(tab);
      await page.waitForTimeout(300);
      if (['Raw data', 'Properties', 'Commands'].includes(tab))
        await picture(`device-${tab.toLowerCase().replace(' ', '-')}`);
      await expectAccessible();
    }
  });

  it('calls a command and shows the answer', async () => {
    await openTab('Commands');
    await page.getByText('Diagnose').first().click();
    await page.getByRole('button', { name: 'Call' }).click();
    await page
      .getByText(/agentVersion|nodeVersion|uptime/i)
      .first()
      .waitFor();
    await page.getByText('200').first().waitFor();
  });

  it('changes a desired property, and the device accepts it', async () => {
    await openTab('Properties');
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
    const twin = await api<{
      desired: { values: Record<string, unknown> };
      reported: { values: Record<string, { value: unknown; ac: number }> };
    }>(`devices/${await machine()}/twin`);
    expect(twin.desired.values.telemetryIntervalSeconds).toBe(2);
    expect(twin.reported.values.telemetryIntervalSeconds).toMatchObject({ value: 2, ac: 200 });
  });

  it('says why a device is refused, and turns green when it comes in', async () => {
    await page.goto(url('devices'));
    await page.getByRole('button', { name: 'Add device' }).first().click();
    await page.getByRole('dialog').getByRole('textbox').fill('thermostat-1');
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByText(/waiting for your device/i).waitFor();
    await picture('waiting');
    const { primaryConnectionString } = await api<{ primaryConnectionString: string }>('devices/thermostat-1');
    const wrong = await deviceClient(
      primaryConnectionString.replace(/SharedAccessKey=.*/, `SharedAccessKey=${Buffer.alloc(32).toString('base64')}`),
      ready.caFile,
    );
    await expect(wrong.open()).rejects.toThrow();
    await page
      .getByText(/not signed with a key/i)
      .first()
      .waitFor();
    await picture('refused');

    const client = await deviceClient(primaryConnectionString, ready.caFile);
    await client.open();
    await client.sendEvent(new Message(JSON.stringify({ temperature: 21.5 })));
    await page.getByText(/connected, and messages arrive/i).waitFor();
    await picture('arrived');
    await page.goto(url('devices/thermostat-1'));
    await page.getByText('temperature', { exact: true }).first().waitFor();
    await client.close();
  });

  it('adds a module, which comes in with a client of its own', async () => {
    await page.goto(url('devices/thermostat-1/modules'));
    await page.getByRole('button', { name: 'Add the first module' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('camera');
    await expectAccessible();
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Module camera' }).waitFor();
    await page.getByText('No properties yet').waitFor();

    const { primaryConnectionString } = await api<DeviceDetail>('devices/thermostat-1/modules/camera');
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
    await picture('module');
    await expectAccessible();

    await page.getByRole('navigation', { name: 'Module' }).getByRole('link', { name: 'Telemetry' }).click();
    await page.getByText('No telemetry yet').waitFor();
    await module.sendEvent(new Message(JSON.stringify({ sharpness: 41 })));
    await page.getByRole('region', { name: 'sharpness' }).locator('canvas').waitFor();
    await expectAccessible();

    await openTab('Modules');
    await page
      .getByRole('row', { name: /camera/ })
      .getByText('Connected')
      .waitFor();
    await picture('device-modules');
    await expectAccessible();
    await module.close();
  });

  it('shows where each command of the queue is, and empties it', async () => {
    const { primaryConnectionString } = await api<DeviceDetail>('devices/thermostat-1');
    await openTab('Commands');
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
    await picture('device-queue');
    await expectAccessible();

    await page.getByRole('button', { name: 'Purge…' }).click();
    await expectAccessible();
    await page.getByRole('button', { name: 'Purge queue' }).click();
    await page.getByText(/nothing waits/i).waitFor();
    device.close();
  });

  it('shows the files that a device uploads, and gives them out', async () => {
    const { primaryConnectionString } = await api<DeviceDetail>('devices/thermostat-1');
    await openTab('Files');
    await page.getByText('No files yet').waitFor();
    const client = await deviceClient(primaryConnectionString ?? '', ready.caFile);
    const report = Buffer.from(JSON.stringify({ readings: [21.5, 21.6], sensor: 'attic' }));
    const files = { 'reports/today.json': report, 'picture.png': await page.screenshot({ scale: 'css' }) };
    for (const [name, bytes] of Object.entries(files)) {
      await client.uploadToBlob(name, Readable.from([bytes]), bytes.length);
    }
    await page.getByRole('button', { name: 'picture.png', exact: true }).waitFor();
    await picture('device-files');
    await expectAccessible();

    await page.getByRole('button', { name: 'picture.png', exact: true }).click();
    const drawnWidth = `document.querySelector('img[alt="picture.png"]')?.naturalWidth ?? 0`;
    await expect.poll(() => page.evaluate<number>(drawnWidth), { timeout: 10_000 }).toBe(1280);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'reports/today.json', exact: true }).click();
    await page.getByText('"sensor": "attic"').waitFor();
    await picture('file-preview');
    await expectAccessible();
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
    const { primaryConnectionString } = await api<DeviceDetail>('devices/thermostat-1');
    const client = await deviceClient(primaryConnectionString ?? '', ready.caFile);
    await client.open();
    await openTab('Credentials');
    await page.getByRole('button', { name: 'New primary key…' }).click();
    await page.getByText(/disconnected and refused from then on/).waitFor();
    await expectAccessible();
    await page.getByRole('button', { name: 'Make new primary key' }).click();
    await page.getByText('The primary key is new').waitFor();
    await picture('device-credentials');
    await expectAccessible();
    expect((await api<DeviceDetail>('devices/thermostat-1')).primaryConnectionString).not.toBe(primaryConnectionString);

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
    await picture('device-connections');
    await expectAccessible();
    await client.close();
  });

  it('registers a device by its certificate, and disables it with a reason', async () => {
    await page.goto(url('devices?add=true'));
    await page.getByRole('dialog').getByRole('textbox').fill('valve-7');
    await page.getByRole('radio', { name: 'Own certificate' }).check();
    await page.getByLabel('Certificate or thumbprint').fill(readFileSync(ready.caFile, 'utf8'));
    await page.getByText(/an authority's certificate, not a device's/).waitFor();
    await page.getByLabel('Certificate or thumbprint').fill(`${'ab:'.repeat(31)}ab`);
    await picture('new-device');
    await expectAccessible();
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByText(/proves itself by certificate/i).waitFor();
    await openTab('Credentials');
    await page.getByText('AB'.repeat(32)).waitFor();
    await page.getByLabel('Reason (optional)').fill('Being replaced');
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText(/: Being replaced/).waitFor();
    await expectAccessible();
  });

  it('works at 360 pixels and in the dark', async () => {
    const narrow = await browser.newContext({
      ignoreHTTPSErrors: true,
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
      storageState: await context.storageState(),
    });
    const wide = page;
    page = await narrow.newPage();
    const ofDevice = ['modules', 'modules/camera', 'commands', 'files', 'history', 'connections', 'credentials'];
    const pages = ofDevice.map((tab) => `devices/thermostat-1/${tab}`);
    for (const path of [...pages, '', 'devices', `devices/${await machine()}`, `devices/${await machine()}/connect`]) {
      await page.goto(url(path));
      await page.getByRole('heading').first().waitFor();
      await page.waitForTimeout(500);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(360);
      await expectAccessible();
      if (/(history|credentials)$/.test(path)) await picture(`narrow-${path.split('/').at(-1)}`);
    }
    await picture('narrow-dark');
    page = wide;
    await narrow.close();
  });

  it('is usable by keyboard alone, signs out, and asks to sign in again', async () => {
    await page.goto(url('devices'));
    await page.getByText('thermostat-1').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.textContent')).toMatch(/skip/i);
    await page.getByRole('textbox', { name: /search/i }).focus();
    await page.keyboard.type('thermo');
    await page.getByText('thermostat-1').first().waitFor();
    await expect.poll(() => page.url()).toContain('thermo');
    await page.getByRole('link', { name: 'thermostat-1' }).first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain('devices/thermostat-1');

    await page.getByRole('button', { name: /operator/i }).click();
    await page.getByRole('menuitem', { name: /sign out/i }).click();
    await page.getByRole('button', { name: /sign in/i }).waitFor();
    await page.getByLabel('User name').fill('operator');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.getByRole('link', { name: 'Devices' }).first().waitFor();
  });

  it('never complained in the browser console', () => {
    expect(complaints).toEqual([]);
  });

  async function openTab(name: string): Promise<void> {
    await page
      .getByRole('tab', { name })
      .or(page.getByRole('link', { name, exact: true }))
      .first()
      .click();
  }

  async function api<T>(path: string): Promise<T> {
    const response = await context.request.get(url(`api/${path}`));
    expect(response.status(), path).toBe(200);
    return (await response.json()) as T;
  }

  async function machine(): Promise<string> {
    return (await api<{ thisMachine: string }>('overview')).thisMachine;
  }

  async function lastOffset(): Promise<number> {
    const messages = await api<{ offset: number }[]>(`devices/${await machine()}/messages?sinceSeconds=60&limit=100`);
    return messages.at(-1)?.offset ?? -1;
  }
});

/** A device of the console, as the raw client takes it. */
function testDevice(deviceId: string, connectionString: string): TestDevice {
  return { deviceId, connectionString, primaryKey: parseConnectionString(connectionString).SharedAccessKey ?? '' };
}
