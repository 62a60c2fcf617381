import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getDevice } from '@viaduct/hub';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openSignedInPage, type SignedInPage } from './signed-in-page.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** From nothing to a device that is in by itself, and to one that is not and why; the device is the program that the page hands out. */
describe.skipIf(!existsSync(CHROMIUM))('provisioning in the console', () => {
  let server: TestServer;
  let browser: SignedInPage;
  let page: SignedInPage['page'];
  let folder: string;
  let program: string;
  const devices: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'viaduct-device-'));
    server = await startTestServer();
    browser = await openSignedInPage(server);
    page = browser.page;
  });

  afterAll(async () => {
    for (const device of devices) device.kill();
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs what the page handed out, as it says: beside the root certificate, with the packages installed. */
  function run(text: string): ChildProcess {
    const file = join(folder, `device-${devices.length}.cjs`);
    writeFileSync(file, text);
    const env = { ...process.env, NODE_PATH: MODULES, NODE_EXTRA_CA_CERTS: server.caFile };
    const device = spawn(process.execPath, [file], { env, stdio: 'ignore' });
    devices.push(device);
    return device;
  }

  /** Notices that have been read. */
  const tidy = async () => {
    await page.evaluate(
      "document.querySelectorAll('.mantine-Notification-closeButton').forEach((each) => each.click())",
    );
    await page.locator('.mantine-Notification-root').first().waitFor({ state: 'detached' });
  };

  it('tells a newcomer how to begin, and makes a group from nothing but a name', async () => {
    await page.getByRole('link', { name: 'Attempts' }).click();
    await page.getByText('No device has asked yet').waitFor();
    await browser.expectAccessible();
    await page.getByRole('link', { name: 'Let devices in' }).click();
    await page.getByRole('textbox', { name: 'Group id' }).fill('stations');
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Make group' }).click();
    await page.getByRole('heading', { name: 'stations' }).waitFor();
    await page.getByText('None yet; the first one appears here by itself.').waitFor();
  });

  it('hands out a program with the key of one device', async () => {
    await page.getByRole('textbox', { name: 'Registration id of the device' }).fill('station-1');
    await page.keyboard.press('Enter');
    await page.getByText('Waiting for station-1…').waitFor();
    const shown = page.getByRole('region', { name: 'Program for Node.js' });
    expect(await shown.textContent()).toContain('••••');
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Reveal key', exact: true }).click();
    program = (await shown.textContent()) ?? '';
    expect(program).not.toContain('••••');
    await page.getByRole('button', { name: 'Hide key', exact: true }).click();
    await page.getByRole('button', { name: 'Show QR code' }).click();
    await page.getByRole('img', { name: 'QR code for station-1' }).waitFor();
    await browser.expectAccessible();
  });

  it('shows the device as it comes in, by the unmodified SDK, and has it among the devices', async () => {
    run(program);
    const news = page.getByRole('region', { name: 'News of station-1' });
    await news.getByText('Assigned').waitFor();
    await news.getByText(/first time here/).waitFor();
    await page.getByRole('row', { name: /station-1/ }).waitFor();
    await tidy();
    await page.evaluate('scrollTo(0, 420)');
    await browser.picture('enrollment');
    await browser.expectAccessible();
    await browser.expectNarrow('enrollments/group/stations?device=station-1');
    await news.getByRole('link', { name: 'Show the device station-1' }).click();
    await page.getByText('Temperature', { exact: false }).first().waitFor();
  });

  it('says why another one was turned away, what to do about it, and leads there', async () => {
    await page.getByRole('link', { name: 'Attempts' }).click();
    run(program.replaceAll('station-1', 'station-2'));
    const attempts = page.getByRole('region', { name: 'Attempts to be provisioned' });
    const refused = attempts.getByRole('listitem').filter({ hasText: 'station-2' });
    await refused.getByText('Refused').waitFor();
    await refused.getByText(/MQTT from 127/).waitFor();
    await attempts.getByRole('listitem').filter({ hasText: 'station-1' }).getByText('Assigned').waitFor();
    await browser.picture('attempts');
    await browser.expectAccessible();
    await page.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'Assigned' }).click();
    await refused.waitFor({ state: 'detached' });
    expect(page.url()).toContain('outcome=assigned');
    await browser.expectNarrow('attempts');
  });

  it('disables the group with its devices, which are thrown out at once', async () => {
    await browser.open('enrollments');
    await browser.expectAccessible();
    await page.getByRole('link', { name: 'stations' }).click();
    await until(async () => server.hub.sessions.find({ deviceId: 'station-1' }), { what: 'the device' });
    await page.getByRole('button', { name: 'Disable…' }).click();
    await page.getByRole('radio', { name: /Disable them now/ }).check();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByText('stations is disabled; 1 device disabled, too').waitFor();
    const isGone = async () => server.hub.sessions.find({ deviceId: 'station-1' }) === undefined || undefined;
    await until(isGone, { what: 'the end of its connection' });
    expect((await getDevice(server.hub, { deviceId: 'station-1' })).status).toBe('disabled');
    run(program);
    await page.getByRole('listitem').filter({ hasText: 'station-1' }).getByText('Disabled', { exact: true }).waitFor();
    await page.getByText(/Enable the enrolment that the message names/).waitFor();
  });

  it('changes a group, and removes it with its devices', async () => {
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('radio', { name: 'stays with the hub it has' }).check();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Stays with the hub it has.').waitFor();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('radio', { name: /Delete them now/ }).check();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('No groups yet').waitFor();
    await expect(getDevice(server.hub, { deviceId: 'station-1' })).rejects.toMatchObject({ code: 'device.notFound' });
  });

  it('tries a hub before it is linked, and says why it does not work', async () => {
    await page.getByRole('link', { name: 'Linked hubs' }).click();
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText(/Answers in \d+ ms/).waitFor();
    await tidy();
    await browser.picture('linked-hubs');
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Link a hub' }).click();
    const dialog = page.getByRole('dialog');
    const wrongKey = `HostName=${server.ready.hostName};SharedAccessKeyName=iothubowner;SharedAccessKey=a2V5`;
    await dialog.getByLabel('Connection string').fill(wrongKey);
    await dialog.getByLabel('Its certificate authority').fill(readFileSync(server.caFile, 'utf8'));
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/its policy must be able to read and write the registry/)
      .waitFor();
    await browser.expectAccessible();
    await page.keyboard.press('Escape');
  });

  it('issues certificates by a policy, and complained about nothing', async () => {
    await page.getByRole('link', { name: 'Certificates', exact: true }).click();
    await page.getByRole('button', { name: 'Add policy' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('short');
    await page.getByRole('dialog').getByRole('button', { name: 'Add policy' }).click();
    await page.getByRole('row', { name: /short/ }).waitFor();
    await browser.expectAccessible();
    expect(browser.complaints).toEqual([]);
  });
});
