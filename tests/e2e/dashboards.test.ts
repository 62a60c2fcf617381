import { existsSync } from 'node:fs';
import { DASHBOARD_FILE_SCHEMA } from '@viaduct/contracts';
import { deviceClient, startTestServer, type TestServer } from '@viaduct/testkit';
import { type Client, Message } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TILES_OF_ALL_KINDS } from './all-tiles.ts';
import { CHROMIUM, openSignedInPage, type SignedInPage } from './signed-in-page.ts';

/** A dashboard from nothing, by mouse and by keyboard; every kind of tile with what an SDK's device says; and where it says it is. */
describe.skipIf(!existsSync(CHROMIUM))('dashboards', () => {
  let server: TestServer;
  let browser: SignedInPage;
  let page: SignedInPage['page'];
  let pump: Client;
  let timer: NodeJS.Timeout;

  beforeAll(async () => {
    server = await startTestServer();
    pump = await deviceClient((await server.createDevice('pump-1')).connectionString, server.caFile);
    await pump.open();
    const twin = await pump.getTwin();
    await new Promise<void>((resolve, reject) => {
      const reported = { interval: 5, home: { lat: 47.4, lon: 8.5 } };
      twin.properties.reported.update(reported, (error?: Error) => (error ? reject(error) : resolve()));
    });
    pump.onDeviceMethod('reboot', (_request, response) => response.send(200, { rebooting: true }, () => undefined));
    let step = 0;
    const say = () => {
      step += 1;
      const body = {
        temperature: 20 + (step % 10),
        pressure: 2 + Math.sin(step),
        mode: step % 20 < 10 ? 'eco' : 'boost',
        position: { lat: 47.4 + step / 1_000, lon: 8.5 + step / 500 },
      };
      pump.sendEvent(new Message(JSON.stringify(body)), () => undefined);
    };
    timer = setInterval(say, 250);
    browser = await openSignedInPage(server);
    page = browser.page;
  });

  afterAll(async () => {
    clearInterval(timer);
    await browser?.close();
    await pump?.close();
    await server?.stop();
  });

  const tile = (name: string) => page.getByRole('region', { name, exact: true });
  const device = () => page.getByRole('combobox', { name: 'Pump' });
  const topOf = async (name: string) => (await tile(name).boundingBox())?.y ?? Number.NaN;
  const leftOf = async (name: string) => (await tile(name).boundingBox())?.x ?? Number.NaN;

  async function addTile(kind: string): Promise<void> {
    await page.getByRole('button', { name: 'Add a tile' }).click();
    const kinds = page.getByRole('complementary', { name: 'Add a tile' });
    await kinds.getByRole('button', { name: kind, exact: true }).click();
  }

  it('is built from an empty page, configured, and dragged', async () => {
    await page.getByRole('link', { name: 'Dashboards' }).click();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Make the first dashboard' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Cellar');
    await page.getByRole('button', { name: 'Create' }).click();
    await addTile('Line chart');
    const settings = page.getByRole('complementary', { name: 'Settings of the tile' });
    await settings.getByRole('textbox', { name: 'Title' }).fill('Temperature');
    await settings.getByRole('combobox', { name: 'Only these devices' }).fill('pump-1');
    await settings.getByRole('combobox', { name: 'Only these devices' }).press('Enter');
    await settings.getByRole('combobox', { name: 'Add a value' }).fill('temperature');
    await settings.getByRole('combobox', { name: 'Add a value' }).press('Enter');
    await tile('Temperature')
      .getByRole('img', { name: /temperature \d/ })
      .waitFor();
    await addTile('Label');
    expect(await leftOf('Label')).toBeGreaterThan(await leftOf('Temperature'));

    const handle = await page.getByRole('heading', { name: 'Label' }).boundingBox();
    const before = await topOf('Temperature');
    await page.mouse.move((handle?.x ?? 0) + 30, (handle?.y ?? 0) + 8);
    await page.mouse.down();
    await page.mouse.move((await leftOf('Temperature')) + 40, before + 10, { steps: 12 });
    await page.mouse.up();
    await expect.poll(() => topOf('Temperature')).toBeGreaterThan(before + 50);
    await browser.expectAccessible();
  });

  it('is arranged by keyboard, says what it does, takes it back, and loses nothing before it is saved', async () => {
    const mover = page.getByRole('button', { name: 'Move or resize Temperature' });
    await mover.focus();
    const below = await topOf('Temperature');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => topOf('Temperature')).toBeLessThan(below - 50);
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('Temperature: column 1, row 1, 6 wide, 3 high').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'More for Label' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await tile('Label').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await tile('Label').waitFor();

    await page.reload();
    await tile('Label').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'Cellar', level: 1 }).waitFor();
  });

  it('is resized at its corner, and loses nothing when two change it at once', async () => {
    const colleague = await page
      .context()
      .browser()
      ?.newContext({ ignoreHTTPSErrors: true, storageState: await page.context().storageState() });
    const theirs = await colleague?.newPage();
    if (theirs === undefined) throw new Error('the browser makes no second window');
    await theirs.goto(`${page.url().split('?')[0]}?edit=true`);
    const saveTheirs = async (name: string) => {
      await theirs.getByRole('textbox', { name: 'Name of the dashboard' }).fill(name);
      await theirs.getByRole('button', { name: 'Save' }).click();
      await expect.poll(() => theirs.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    };
    const conflict = page.getByText('Somebody else saved this dashboard meanwhile');

    await page.getByRole('button', { name: 'Change' }).click();
    const box = await tile('Temperature').boundingBox();
    const corner = { x: (box?.x ?? 0) + (box?.width ?? 0) - 5, y: (box?.y ?? 0) + (box?.height ?? 0) - 5 };
    await page.mouse.move(corner.x, corner.y);
    await page.mouse.down();
    await page.mouse.move(corner.x + 130, corner.y + 100, { steps: 8 });
    await page.mouse.up();
    const widthOf = async () => (await tile('Temperature').boundingBox())?.width;
    await expect.poll(widthOf).toBeGreaterThan((box?.width ?? 0) + 60);
    await saveTheirs('Cellar of theirs');
    await page.getByRole('button', { name: 'Save' }).click();
    await conflict.waitFor();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Take theirs, keep mine as a copy' }).click();
    await conflict.waitFor({ state: 'detached' });
    const name = page.getByRole('textbox', { name: 'Name of the dashboard' });
    await expect.poll(() => name.inputValue()).toBe('Cellar of theirs');

    await name.fill('Cellar of mine');
    await saveTheirs('Cellar of theirs again');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await conflict.waitFor({ state: 'detached' });
    await colleague?.close();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'Cellar of mine', level: 1 }).waitFor();
  });

  it('is what one begins with, and shared or not it has one address', async () => {
    const more = page.getByRole('button', { name: 'More for this dashboard' });
    const address = page.url();
    await more.click();
    await page.getByRole('menuitem', { name: 'Begin with it', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Do not begin with it' }).waitFor();
    await page.getByRole('menuitem', { name: 'Share…' }).click();
    const everybody = page.getByRole('switch', { name: 'Everybody who may see dashboards sees it' });
    await page.getByText('Without, it is yours alone, and whoever opens its link is told so.').waitFor();
    await everybody.uncheck();
    await expect.poll(() => everybody.isEnabled()).toBe(true);
    expect(await everybody.isChecked()).toBe(false);
    await browser.expectAccessible();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    expect(page.url()).toBe(address);
    await page.getByRole('link', { name: 'Dashboards', exact: true }).first().click();
    const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
    await row('Cellar of mine').getByText('You').waitFor();
    await row('Cellar (mine)').getByText('You').waitFor();
    await page.getByRole('link', { name: 'Overview', exact: true }).first().click();
    await page
      .getByRole('region', { name: 'Cellar of mine' })
      .getByRole('img', { name: /temperature \d/ })
      .waitFor();
    await page.getByRole('link', { name: 'Open Cellar of mine' }).click();
    await page.getByRole('heading', { name: 'Cellar of mine', level: 1 }).waitFor();
  });

  it('comes from a file, and draws every kind of tile with what the device says', async () => {
    const variables = [{ name: 'device', displayName: 'Pump', kind: 'device' }];
    const file = {
      $schema: DASHBOARD_FILE_SCHEMA,
      displayName: 'Pumps',
      tiles: TILES_OF_ALL_KINDS,
      extension: { variables },
    };
    await page.getByRole('link', { name: 'Dashboards' }).last().click();
    const buffer = Buffer.from(JSON.stringify(file));
    await page.locator('input[type=file]').setInputFiles({ name: 'pumps.json', mimeType: 'application/json', buffer });
    await page.getByRole('heading', { name: 'Pumps', level: 1 }).waitFor();
    await page.getByText('Choose above: Pump.').first().waitFor();
    await device().fill('pump-1');
    await device().press('Enter');

    await tile('lineChart')
      .getByRole('img', { name: /temperature \d/ })
      .waitFor();
    for (const name of ['barChart', 'pieChart', 'heatMapChart', 'histogram', 'gauge'])
      await tile(name).locator('canvas').first().waitFor();
    for (const name of ['kpi', 'lkv']) await tile(name).getByText(/^\d/).first().waitFor();
    for (const name of ['stateHistoryChart', 'eventHistoryChart', 'log'])
      await tile(name)
        .getByText(/eco|boost/)
        .first()
        .waitFor();
    for (const name of ['table', 'alertList']) await tile(name).getByRole('link', { name: 'pump-1' }).waitFor();
    for (const name of ['stateChart', 'eventChart']) await tile(name).locator('rect').first().waitFor();
    await tile('comparison')
      .getByRole('button', { name: /temperature/ })
      .first()
      .waitFor();
    await tile('property').getByText('5', { exact: true }).waitFor();
    await tile('mapTelemetry').getByText('47.', { exact: false }).first().waitFor({ state: 'attached' });
    await tile('mapProperty').getByText('47.4000, 8.5000').waitFor({ state: 'attached' });
    await tile('deviceCount').getByText('1 device').waitFor();
    await tile('markdown').getByRole('strong').waitFor();
    expect(await tile('markdown').locator('script').count()).toBe(0);
    await tile('externalContent').getByText('its content security policy does not list it').waitFor();
    await tile('command').getByRole('button', { name: 'reboot' }).click();
    await tile('command').getByText('{"rebooting":true}').waitFor();
    await tile('writableProperty').getByLabel('interval').fill('7');
    await tile('writableProperty').getByRole('button', { name: 'Set' }).click();
    await tile('writableProperty')
      .getByText(/^Pending/)
      .waitFor();
    await browser.expectAccessible();
    await browser.picture('dashboard');
  });

  it('keeps device and time in its address, and shows itself alone, in the dark and on a phone', async () => {
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('button', { name: '30 minutes' }).waitFor();
    await browser.expectAccessible();
    await page.getByRole('button', { name: '30 minutes' }).click();
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Time range: Last 30 minutes' }).waitFor();
    expect(await device().inputValue()).toBe('pump-1');
    expect(await page.getByRole('button', { name: 'Live', exact: true }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Full screen' }).click();
    await page.getByRole('button', { name: 'More for this dashboard' }).click();
    await page.getByRole('menuitem', { name: 'Share…' }).waitFor();
    await page.getByRole('button', { name: 'Leave the full screen' }).click();
    const { pathname, search } = new URL(page.url());
    await browser.expectNarrow(`${pathname}${search.replace('live=true', '')}`);
  });

  it('shows on a map who says where it is', async () => {
    await page.getByRole('link', { name: 'Map', exact: true }).click();
    await page.getByText('1 of 1 devices have a place').waitFor();
    await page.locator('canvas').waitFor();
    expect((await page.locator('canvas').boundingBox())?.height).toBeGreaterThan(200);
    await page.getByRole('button', { name: /^pump-1/ }).click();
    await page.getByRole('button', { name: 'pump-1', exact: true }).waitFor();
    await page.getByLabel('Where pump-1 came from').check();
    await browser.expectAccessible();
    await browser.picture('map');
    await browser.open('');
    await page.getByRole('link', { name: 'Where they are' }).waitFor();
    await page.locator('canvas.maplibregl-canvas').waitFor();
    // What was refused because a colleague was faster.
    expect(browser.complaints.filter((complaint) => !complaint.includes('status of 412'))).toEqual([]);
  });
});
