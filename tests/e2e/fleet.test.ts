import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { startTestServer, type TestServer } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openSignedInPage, type SignedInPage } from './signed-in-page.ts';

const MODEL = {
  '@context': 'dtmi:dtdl:context;2',
  '@id': 'dtmi:test:fleet:Pump;1',
  '@type': 'Interface',
  displayName: 'Pump',
  contents: [
    { '@type': ['Telemetry', 'Temperature'], name: 'temperature', schema: 'double', unit: 'degreeCelsius' },
    { '@type': 'Property', name: 'serialNumber', schema: 'string' },
  ],
};
const DEVICES = 1_000;

/** Many devices: from a file, made up by the server, one by one with a pasted line; in a table, in groups, found by the keyboard. */
describe.skipIf(!existsSync(CHROMIUM))('the fleet in the console', () => {
  let server: TestServer;
  let browser: SignedInPage;
  let page: SignedInPage['page'];
  let device: ChildProcess | undefined;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await openSignedInPage(server);
    page = browser.page;
  });

  afterAll(async () => {
    device?.kill();
    await browser?.close();
    await server?.stop();
  });

  const count = async (total: number) =>
    page.getByRole('heading', { level: 1, name: `Devices ${total.toLocaleString('en')}` }).waitFor();

  it('brings a real device in with three clicks and one pasted line', async () => {
    await page.getByRole('link', { name: 'Add a device' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByText(/waiting for your device/i).waitFor();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy with key' }).click();
    const line = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(line.trim().split('\n')).toHaveLength(1);
    device = spawn('bash', ['-c', line], { stdio: 'ignore', detached: false });
    await page.getByText('Messages arrive').waitFor();
    await browser.expectAccessible();
    await page.getByRole('link', { name: 'See the charts' }).click();
    await page.getByText('temperature', { exact: true }).first().waitFor();
    device.kill();
  });

  it('imports 1,000 devices from a file, and tells which lines were refused', async () => {
    await browser.open('devices?import=true');
    const lines = Array.from({ length: DEVICES }, (_, index) => `meter-${index},Meter ${index}`);
    const csv = ['IOTC_DEVICEID,IOTC_DEVICENAME', ...lines, 'not a/good id,Nobody'].join('\n');
    await browser.expectAccessible();
    const chosen = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a file' }).click();
    await (await chosen).setFiles({ name: 'meters.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByText('1,000 devices made').waitFor({ timeout: 40_000 });
    await page.getByText(`Line ${DEVICES + 2}`).waitFor();
    await page.getByRole('link', { name: 'Download the log' }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await count(DEVICES + 1);
  });

  it('narrows the table down and keeps that as a group', async () => {
    await page.getByLabel('Search by name or id').fill('meter-99');
    await count(11);
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Save as a group' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Nineties');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Nineties' }).waitFor();
    await page.getByText('11 devices').waitFor();
    await page.getByRole('link', { name: 'Meter 990' }).waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByText('11 devices now').waitFor();
    await browser.expectAccessible();
  });

  it('does something to all that were found', async () => {
    await browser.open('devices?search=meter-98');
    await count(11);
    await page.getByLabel('Select all devices shown').check();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Block', exact: true }).click();
    await page.getByRole('button', { name: 'Block 11 devices' }).click();
    await page.getByText('11 of 11 devices blocked').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Disabled').first().waitFor();
  });

  it('simulates devices of a model, which have charts like real ones', async () => {
    await browser.api('POST', 'templates', { document: MODEL });
    await browser.open('devices?simulate=true');
    await page.getByRole('combobox', { name: 'Model' }).last().click();
    await page.getByRole('option', { name: 'Pump' }).click();
    await page.getByLabel('A message every (s)').fill('1');
    await page.getByRole('button', { name: 'Simulate', exact: true }).click();
    await page.getByText('5 devices are being simulated').waitFor();
    await browser.open('devices/pump-sim-1');
    await page.getByText('temperature', { exact: true }).first().waitFor();
    await page.getByText('°C').first().waitFor();
    await browser.open('devices/pump-sim-1/connect');
    await page.getByRole('region', { name: 'Simulation' }).getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Simulated, and stopped').waitFor();
    await browser.expectAccessible();
  });

  it('shows the whole fleet on the overview, with nothing built by anybody', async () => {
    await browser.open('');
    const pumps = page.getByRole('article').filter({ hasText: 'Pump' });
    await pumps.getByText('5 devices').waitFor();
    await pumps.getByText(/average/).waitFor();
    await page.getByRole('heading', { name: 'Newest devices' }).waitFor();
    await browser.expectAccessible();
    await browser.picture('fleet-overview');
  });

  it('finds a device and a group by the keyboard alone, and gives the focus back', async () => {
    await browser.open('devices');
    await page.getByLabel('Search by name or id').focus();
    const search = page.getByRole('combobox', { name: /^Search devices/ });
    await page.keyboard.press('Control+k');
    // The palette is loaded with its first use; from then on it is there with the key.
    await search.waitFor();
    await page.keyboard.press('Escape');
    expect(await page.evaluate<string>('document.activeElement.ariaLabel')).toBe('Search by name or id');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('meter 12');
    await page.getByRole('option', { name: 'Meter 120' }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('option', { selected: true }).textContent()).toMatch(/^Meter/);
    await browser.expectAccessible();
    await page.keyboard.type('3');
    await page.getByRole('option', { name: 'Meter 123', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/devices\/meter-123$/);
    // Once more while the page that was opened takes the focus to its content.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('nineties');
    await page.getByRole('option', { name: 'Nineties', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/groups\//);
    await search.waitFor({ state: 'detached' });
  });

  it('complained about nothing', () => {
    expect(browser.complaints).toEqual([]);
  });
});
