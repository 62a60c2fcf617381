import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { deviceClient, startTestServer, type TestServer } from '@viaduct/testkit';
import { type Client, Message } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openSignedInPage, type SignedInPage } from './signed-in-page.ts';

const LINES = 'explorer?lines=temperature:avg&split=device';
const HOTTEST = "SELECT $id, MAX(temperature) AS hottest, LAST(state) FROM devices WHERE $id = 'boiler-1' GROUP BY $id";

/** What an SDK's device says, explored: chart, table, query, file, saved and pinned. */
describe.skipIf(!existsSync(CHROMIUM))('the explorer', () => {
  let server: TestServer;
  let browser: SignedInPage;
  let page: SignedInPage['page'];
  let boiler: Client;
  let timer: NodeJS.Timeout;

  beforeAll(async () => {
    server = await startTestServer();
    boiler = await deviceClient((await server.createDevice('boiler-1')).connectionString, server.caFile);
    await boiler.open();
    let step = 0;
    timer = setInterval(() => {
      step += 1;
      const body = { temperature: 60 + (step % 10), state: step % 20 < 10 ? 'heating' : 'idle' };
      boiler.sendEvent(new Message(JSON.stringify(body)), () => undefined);
    }, 250);
    browser = await openSignedInPage(server);
    page = browser.page;
  });

  afterAll(async () => {
    clearInterval(timer);
    await browser?.close();
    await boiler?.close();
    await server?.stop();
  });

  it('draws what is chosen, and keeps all of it in the address', async () => {
    await page.getByRole('link', { name: 'Explorer' }).click();
    await page.getByText('Nothing is chosen yet').waitFor();
    await browser.expectAccessible();
    const add = page.getByRole('combobox', { name: 'Add telemetry' });
    await add.fill('temperature');
    await add.press('Enter');
    await page.getByRole('combobox', { name: 'A line for each' }).selectOption('device');
    await page.getByRole('img', { name: /temperature · boiler-1 \d/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('lines')).toBe('temperature:avg');
    await page.reload();
    await page.getByRole('img', { name: /temperature · boiler-1 \d/ }).waitFor();
    await browser.expectAccessible();
    await browser.picture('explorer');
    await page.getByRole('radiogroup', { name: 'How it is shown' }).getByText('Table').click();
    await page.getByRole('cell', { name: 'boiler-1' }).first().waitFor();
  });

  it('says the chart as a query, runs what is typed, and underlines what is wrong', async () => {
    await browser.open(LINES);
    await page.getByRole('radiogroup', { name: 'How it is shown' }).getByText('Query').click();
    const editor = page.getByRole('textbox', { name: 'Query' });
    await page.getByText('GROUP BY $id, WINDOW').waitFor();
    await editor.fill('SELECT temprature FROM devices');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('did you mean temperature?').first().waitFor();
    await editor.fill(HOTTEST);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('columnheader', { name: 'hottest' }).waitFor();
    await browser.expectAccessible();
  });

  it('downloads the answer', async () => {
    await browser.open(`explorer?tab=query&q=${encodeURIComponent(HOTTEST)}`);
    await page.getByRole('columnheader', { name: 'hottest' }).waitFor();
    await page.getByRole('button', { name: 'Download' }).click();
    const started = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'answer as CSV' }).click();
    const file = await (await started).path();
    expect(await readFile(file, 'utf8')).toMatch(/^\$id,hottest,last_state\r\nboiler-1,6\d,(heating|idle)\r\n$/);
  });

  it('is pinned to a dashboard, and opened again by its name', async () => {
    await browser.open(LINES);
    await page.getByRole('button', { name: 'Pin' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Boilers');
    await dialog.getByRole('button', { name: 'Pin' }).click();
    await page.waitForURL(/dashboards\//);
    await page
      .getByRole('region', { name: 'Boilers', exact: true })
      .getByRole('img', { name: /temperature · boiler-1 \d/ })
      .waitFor();
    await page.getByRole('link', { name: 'Explorer' }).click();
    await page.getByRole('button', { name: 'Boilers', exact: true }).click();
    await page.getByRole('img', { name: /temperature · boiler-1 \d/ }).waitFor();
    await page.getByRole('combobox', { name: 'Axes' }).selectOption('Stacked');
    await page.getByRole('status').getByText('Boilers, changed').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('status').getByText('Boilers', { exact: true }).waitFor();
    await page.reload();
    await page.getByRole('status').getByText('Boilers', { exact: true }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Axes' }).inputValue()).toBe('stacked');
  });

  it('complained about nothing', () => {
    expect(browser.complaints).toEqual([]);
  });
});
