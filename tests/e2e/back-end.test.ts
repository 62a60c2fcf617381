import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getTwin } from '@viaduct/hub';
import { deviceClient, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { type Client, Message } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openSignedInPage, type SignedInPage } from './signed-in-page.ts';

const DEVICES = ['pump-1', 'pump-2', 'pump-3'];
const NORTH = "SELECT * FROM devices WHERE tags.site = 'north'";

/** What a back end does, by hand: find devices, change them together, keep them configured, send their messages on, let programs read. */
describe.skipIf(!existsSync(CHROMIUM))('the console for back ends', () => {
  let server: TestServer;
  let browser: SignedInPage;
  let page: SignedInPage['page'];
  let receiver: Server;
  let received = '';
  const clients: Client[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    for (const deviceId of DEVICES) {
      const { connectionString } = await server.createDevice(deviceId);
      // The last one stays away: its method must fail.
      if (deviceId !== 'pump-3') clients.push(await connect(connectionString, server));
    }
    receiver = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk) => {
        received += chunk;
      });
      request.on('end', () => response.writeHead(204).end());
    }).listen(0, '127.0.0.1');
    browser = await openSignedInPage(server);
    page = browser.page;
  });

  afterAll(async () => {
    await browser?.close();
    for (const client of clients) await client.close();
    receiver?.close();
    await server?.stop();
  });

  const tagsOf = async (deviceId: string) => (await getTwin(server.hub, { deviceId })).tags;

  it('completes a query, says where one is wrong, and runs it by keyboard', async () => {
    await page.getByRole('link', { name: 'Query', exact: true }).click();
    await page.getByText('Ask the fleet').waitFor();
    await browser.expectAccessible();
    const editor = page.getByRole('textbox', { name: 'Query' });
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('SELECT * FROM dev');
    await page.getByRole('option', { name: 'devices', exact: true }).waitFor();
    // The editor takes no answer in the first 75 ms, lest it be meant for what was there before.
    await page.waitForTimeout(200);
    await page.keyboard.press('Tab');
    await page.keyboard.type(' WHER status');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/cannot be understood at character 23, near "WHER"/).waitFor();
    expect(await page.locator('.cm-lintRange-error').textContent()).toBe('WHER');
    await page.keyboard.press('Control+a');
    await page.keyboard.type("SELECT * FROM devices WHERE status = 'enabled'");
    await page.keyboard.press('Control+Enter');
    await page.getByText('3 rows').waitFor();
    await page.waitForURL(/enabled/);
    await page.getByRole('link', { name: 'pump-1' }).waitFor();
    await browser.expectAccessible();
  });

  it('sets a tag on all that was found, and shows how it went', async () => {
    await browser.open(`query?q=${encodeURIComponent('SELECT * FROM devices')}`);
    await page.getByRole('button', { name: 'Act on all found' }).click();
    await page.getByRole('menuitem', { name: 'Set a tag…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Tag' }).fill('site');
    await dialog.getByRole('textbox', { name: 'Value' }).fill('north');
    await browser.expectAccessible();
    await dialog.getByRole('button', { name: 'Set on 3 devices' }).click();
    await dialog.getByText('Completed').waitFor();
    await dialog.getByText('3 of 3').waitFor();
    for (const deviceId of DEVICES) expect(await tagsOf(deviceId)).toEqual({ site: 'north' });
    await dialog.getByRole('button', { name: 'Done' }).click();
  });

  it('saves a query, and asks it again', async () => {
    await browser.open(`query?q=${encodeURIComponent(NORTH)}`);
    await page.getByText('3 rows').waitFor();
    await page.getByRole('button', { name: 'Save query' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('North site');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const saved = page.getByRole('region', { name: 'Saved queries' });
    await saved.getByRole('button', { name: 'North site', exact: true }).waitFor();
    await browser.picture('query');
    await browser.open('query');
    await saved.getByRole('button', { name: 'North site', exact: true }).click();
    await page.getByText('3 rows').waitFor();
  });

  it('hands out a result as a file', async () => {
    await browser.open(`query?q=${encodeURIComponent(NORTH)}`);
    await page.getByRole('button', { name: 'Download' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: /CSV/ }).click(),
    ]);
    const csv = readFileSync(await download.path(), 'utf8');
    expect(csv.split('\r\n')[0]).toMatch(/^deviceId,/);
    expect(csv).toContain('pump-3');
  });

  it('disables what is ticked, and nothing else', async () => {
    await browser.open(`query?q=${encodeURIComponent(NORTH)}`);
    await page.getByRole('checkbox', { name: 'Tick pump-3' }).check();
    await page.getByRole('button', { name: 'Act on ticked' }).click();
    await page.getByRole('menuitem', { name: 'Disable…' }).click();
    await page.getByRole('button', { name: 'Disable 1 device' }).click();
    await page.getByText('1 of 1 device disabled').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    const rows = page.getByRole('row', { name: /disabled/ });
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
  });

  it('calls a method by a job, and says of each device how it fared', async () => {
    await browser.open('jobs');
    await page.getByRole('link', { name: 'New job' }).click();
    await page.getByText('Call a method').click();
    await page.getByText('Fits 3 devices now.').waitFor();
    await page.getByRole('textbox', { name: 'Method' }).fill('reboot');
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Call 3 devices now' }).click();
    await page.getByText('Completed, 1 failed').waitFor();
    await page.getByRole('button', { name: 'Failed 1' }).click();
    await page.getByRole('row', { name: /pump-3/ }).waitFor();
    await browser.picture('job');
    await page.getByRole('button', { name: 'Done 2' }).click();
    await page.getByText('{"rebooting":true}').first().waitFor();
    await browser.expectAccessible();
    await page.getByRole('link', { name: 'Jobs', exact: true }).first().click();
    await page.getByText('Calls reboot').waitFor();
    await browser.expectAccessible();
  });

  it('exports the registry as a file', async () => {
    await browser.open('jobs');
    await page.getByRole('button', { name: 'Import or export' }).click();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const link = page.getByRole('link', { name: 'Download the devices' });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(DEVICES);
  });

  it('keeps devices configured, and underlines a condition that is none', async () => {
    await browser.open('configurations');
    await page.getByRole('link', { name: 'Make the first configuration' }).click();
    await page.getByRole('textbox', { name: 'Id' }).fill('north-interval');
    const condition = page.getByRole('textbox', { name: 'Target condition' });
    await condition.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type("tags.site = = 'north'");
    await page.getByText(/cannot be understood/).waitFor();
    await page.locator('.cm-lintRange-error').waitFor();
    await condition.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type("tags.site = 'north'");
    await page.getByText(/Reaches 3 devices now/).waitFor();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Make configuration' }).click();
    await page.getByText('3 of 3').waitFor();
    const applied = async () => {
      const { desired } = await getTwin(server.hub, { deviceId: 'pump-1' });
      return (desired as { readonly values?: { readonly interval?: unknown } }).values?.interval === 10 || undefined;
    };
    await until(applied, { what: 'the desired property of the configuration' });
    await browser.picture('configuration');
    await browser.expectAccessible();
  });

  it('tries a route before it is saved, and shows that it delivers', async () => {
    const { port } = receiver.address() as AddressInfo;
    await browser.open('routing/endpoints/new');
    await page.getByRole('link', { name: 'Webhook' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('alarms');
    await page.getByRole('textbox', { name: 'URL' }).fill(`http://127.0.0.1:${port}/`);
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    await page.getByText('Nothing yet').waitFor();
    await clients[0]?.sendEvent(telemetry(40));
    await clients[1]?.sendEvent(telemetry(20));

    await page.getByRole('link', { name: 'none yet: add one' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('hot');
    await page.getByRole('textbox', { name: 'Condition' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('$body.temperature > 30');
    await page.getByText('Would have matched 1 of the last 2.').waitFor();
    await page.getByText('The route takes it').waitFor();
    await page.getByRole('checkbox', { name: 'alarms' }).check();
    await browser.expectAccessible();
    await browser.picture('route');
    await page.getByRole('button', { name: 'Save route' }).click();
    await page.getByRole('region', { name: 'Picture of routing' }).getByText('$body.temperature > 30').waitFor();
    await clients[0]?.sendEvent(telemetry(41));
    await page.getByText('Healthy').waitFor();
    expect(received).toContain('41');
    expect(received).not.toContain('"temperature":20');
    await browser.expectAccessible();
    await browser.picture('routing');
    await page.getByRole('link', { name: 'alarms' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused', { exact: true }).waitFor();
    await browser.expectAccessible();
  });

  it('adds a consumer group, and an access token that is shown once', async () => {
    await browser.open('');
    await page.getByText('1 paused').waitFor();
    await browser.expectAccessible();
    await browser.open('events');
    await page.getByRole('button', { name: 'Add consumer group' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('dashboard');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('region', { name: 'dashboard' }).getByText('Nobody reads for this group now.').waitFor();
    await browser.expectAccessible();
    await page.getByRole('link', { name: 'Access tokens' }).click();
    await page.getByRole('button', { name: 'New token' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('reports');
    await page.getByRole('button', { name: 'Make token' }).click();
    await page.getByText(/^vdt_/).waitFor();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('row', { name: /reports/ }).waitFor();
  });

  it('gives a program a token for the REST interface of Azure IoT Central, which it opens until it is revoked', async () => {
    await browser.open('api-tokens');
    await page.getByText('No tokens yet').waitFor();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'New token' }).click();
    await page.getByRole('textbox', { name: 'Id' }).fill('nightly');
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Make token' }).click();
    const authorization = (await page.getByText(/^SharedAccessSignature sr=/).textContent()) ?? '';
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Done' }).click();
    const ask = () => fetch(`${server.ready.central.url}/roles?api-version=2022-07-31`, { headers: { authorization } });
    expect((await ask()).status).toBe(200);
    await page.getByRole('row', { name: /nightly.*Operator/ }).waitFor();
    await page.getByRole('button', { name: 'Revoke nightly' }).click();
    await page.getByRole('button', { name: 'Revoke token' }).click();
    await page.getByText('nightly is revoked').waitFor();
    expect((await ask()).status).toBe(401);
  });

  it('shows every page behind one button on a narrow screen, and complained about nothing', async () => {
    await browser.open('');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('button', { name: 'Menu' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Configurations' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Configurations', exact: true }).waitFor();
    expect(browser.complaints).toEqual([]);
  });
});

async function connect(connectionString: string, server: TestServer): Promise<Client> {
  const client = await deviceClient(connectionString, server.caFile);
  await client.open();
  client.onDeviceMethod('reboot', (_request, response) => void response.send(200, { rebooting: true }));
  return client;
}

function telemetry(temperature: number): Message {
  const message = new Message(JSON.stringify({ temperature }));
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  return message;
}
