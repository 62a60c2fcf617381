import { existsSync } from 'node:fs';
import type { InferredTemplate, TwinVersionRow } from '@viaduct/contracts';
import { deviceClient, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { type Client, Message, type Twin } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openSignedInPage, type SignedInPage } from './signed-in-page.ts';

const ID = 'pump-1';

/** A device that nobody told the platform about, with the unmodified SDK, and the page that makes itself of it. */
describe.skipIf(!existsSync(CHROMIUM))('the page of a device', () => {
  let server: TestServer;
  let browser: SignedInPage;
  let page: SignedInPage['page'];
  let device: Client;
  let twin: Twin;
  let sent = 0;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await openSignedInPage(server);
    page = browser.page;
    const { connectionString } = await server.createDevice(ID);
    device = await deviceClient(connectionString, server.caFile);
    await device.open();
    twin = await device.getTwin();
  });

  afterAll(async () => {
    await device?.close();
    await browser?.close();
    await server?.stop();
  });

  const say = async (more: object = {}) => {
    sent += 1;
    const body = {
      ...{ temperature: 20 + (sent % 5), running: sent % 4 < 2, mode: 'auto' },
      ...{ place: { lat: 51 + sent / 1_000, lon: 13.7 }, shake: { x: 1, y: 2, z: 2 } },
    };
    await device.sendEvent(new Message(JSON.stringify({ ...body, ...more })));
  };
  const report = (patch: object) =>
    new Promise<void>((done, fail) => {
      twin.properties.reported.update(patch, (error: Error | null) => (error ? fail(error) : done()));
    });
  const openTab = (name: string) =>
    page.getByRole('navigation', { name: 'Device' }).getByRole('link', { name, exact: true }).click();
  const tile = (name: string) => page.getByRole('region', { name, exact: true });

  it('makes itself of what is said, and grows without a reload', async () => {
    for (let count = 0; count < 5; count += 1) await say();
    await browser.open(`devices/${ID}`);
    await tile('temperature').locator('canvas').waitFor();
    await tile('running')
      .getByText(/^(On|Off) \d+ %$/)
      .first()
      .waitFor();
    await tile('mode').getByText('auto').first().waitFor();
    await tile('place')
      .getByText(/51\.00/)
      .waitFor();
    await tile('shake').getByText('magnitude').waitFor();
    await say({ humidity: 40 });
    await tile('humidity').getByText('40').first().waitFor();
    await page.getByRole('link', { name: 'Create a model from this device' }).waitFor();
    await browser.expectAccessible();
  });

  it('keeps what people change of it', async () => {
    await page.getByRole('button', { name: 'Change the tile temperature' }).click();
    await page.getByRole('menuitem', { name: 'Name, colour, axis…' }).click();
    await page.getByLabel('Title').fill('Water');
    await page.getByRole('button', { name: 'Apply' }).click();
    await tile('Water').waitFor();
    await page.getByRole('button', { name: 'Change the tile mode' }).click();
    await page.getByRole('menuitem', { name: 'Hide' }).click();
    await tile('mode').waitFor({ state: 'detached' });
    await page.reload();
    await tile('Water').waitFor();
    await page.getByRole('button', { name: 'Show mode' }).click();
    await tile('mode').waitFor();
    await page.getByRole('button', { name: 'As generated' }).click();
    await tile('temperature').waitFor();
  });

  it('tells all there is to know of a value, and shows longer times from the history', async () => {
    await tile('temperature').getByRole('button', { name: 'temperature', exact: true }).click();
    await page.getByRole('dialog').getByText('Copy query').waitFor();
    await browser.expectAccessible();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('button', { name: '1 hour', exact: true }).click();
    await page.waitForURL(/time=PT1H\b/);
    await page.getByRole('table', { name: 'temperature' }).getByRole('cell').first().waitFor({ state: 'attached' });
  });

  it('calls a command of a device without a model, and follows one that takes long', async () => {
    device.onDeviceMethod('reboot', (_request, response) => void response.send(202, { begun: true }));
    await openTab('Commands');
    await page.getByLabel('Command name').fill('reboot');
    await page.getByRole('button', { name: 'Call' }).click();
    const answers = page.getByRole('region', { name: 'Answers of this visit' });
    await answers.getByText('"begun": true').waitFor();
    await page.getByText('It is working on it').waitFor();
    await report({ reboot: 'done' });
    await page.getByText('Told by the property reboot').waitFor();
    await browser.expectAccessible();
  });

  it('shows what is asked as pending, then accepted, then refused in the words of the device', async () => {
    await openTab('Properties');
    await page.getByRole('button', { name: 'Edit desired as JSON' }).click();
    await page.getByRole('textbox', { name: 'Change desired properties' }).fill('{"interval": 5}');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Pending: not acknowledged yet').waitFor();
    await report({ interval: { value: 5, ac: 200, av: 2, ad: 'as you wish' } });
    await page.getByText('Accepted: as you wish').waitFor();
    await page.getByRole('button', { name: 'Edit interval' }).click();
    await page.getByRole('textbox', { name: 'interval' }).fill('0');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Pending: not acknowledged yet').waitFor();
    await report({ interval: { value: 5, ac: 400, av: 3, ad: 'at least one' } });
    await page.getByText('Error 400: at least one').waitFor();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Revert interval to what is reported' }).click();
    await page.getByText('Error 400').waitFor({ state: 'detached' });
  });

  it('travels through versions of the twin by keyboard, and says what is different', async () => {
    await until(
      async () => {
        const { items } = await browser.api<{ items?: TwinVersionRow[] }>(
          'GET',
          `devices/${ID}/twin/versions?limit=20`,
        );
        return (items?.length ?? 0) >= 6 ? true : undefined;
      },
      { what: 'six versions of the twin', timeoutMs: 10_000 },
    );
    await openTab('History');
    const slider = page.getByRole('slider', { name: /^Version/ });
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/version=\d+/);
    await page
      .getByRole('list', { name: 'Differences' })
      .getByText(/interval/)
      .first()
      .waitFor();
    await browser.expectAccessible();
  });

  it('tells what became of one property, from its row', async () => {
    await openTab('Properties');
    await page.getByRole('link', { name: 'History of interval' }).click();
    const changes = page.getByRole('list', { name: 'Changes of interval, newest first' });
    await changes
      .getByText(/answered 400: at least one/)
      .first()
      .waitFor();
    await page.getByRole('img', { name: /^Chart of interval: Asked for 5/ }).waitFor();
    await browser.picture('device-history');
    await changes
      .getByRole('button', { name: /^version/ })
      .last()
      .click();
    await expect.poll(() => page.url()).toMatch(/version=\d+/);
    await browser.expectAccessible();
  });

  it('shows when it was online, why it left, and each connection', async () => {
    await device.close();
    await device.open();
    await openTab('Connections');
    const online = page.getByRole('region', { name: 'When it was online' });
    await online.getByText(/^Online .* of what is known of the last 7 days, [23] connections$/).waitFor();
    await online.getByText('30 days').click();
    await online.getByText(/of the last 30 days/).waitFor();
    await expect.poll(() => page.url()).toMatch(/days=30/);
    await page.getByRole('region', { name: 'Why it left' }).getByText('It left in order').waitFor();
    await page
      .getByRole('region', { name: 'Every connection' })
      .getByText(/^Connected for/)
      .waitFor();
    await browser.expectAccessible();
  });

  it('takes a key that no model mentions into the model', async () => {
    const proposal = await browser.api<InferredTemplate>('GET', `devices/${ID}/proposal`);
    const fields = proposal.fields.filter(({ name }) => name === 'temperature');
    const { templateId } = proposal;
    await browser.api('POST', `devices/${ID}/proposal`, { templateId, displayName: 'Pump', fields });
    await browser.open(`devices/${ID}`);
    await page.getByRole('heading', { name: 'Unmodeled' }).waitFor();
    await say();
    await tile('Unmodeled')
      .getByRole('button', { name: /Add to model.*running/ })
      .click();
    await tile('Unmodeled')
      .getByRole('button', { name: /Add to model.*running/ })
      .waitFor({ state: 'detached' });
    await openTab('Raw data');
    await page
      .getByText(/\d unmodeled/)
      .first()
      .waitFor();
    await page
      .getByRole('button', { name: /unmodeled/ })
      .first()
      .click();
    await page.getByRole('region', { name: 'Unmodeled' }).waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: /temperature/ }).click();
    await browser.expectAccessible();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.waitForURL(/columns=/);
    await browser.expectAccessible();
  });

  it('fits a phone in the dark', async () => {
    await browser.expectNarrow(`devices/${ID}`);
    expect(browser.complaints).toEqual([]);
  });

  it('stays quick and useful when a device says ten thousand things', async () => {
    await device.sendEvent(
      new Message(
        JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index]))),
      ),
    );
    await browser.open(`devices/${ID}`);
    await page.getByText(/^48 of 300 values$/).waitFor();
    await page.getByRole('searchbox', { name: 'Find a value' }).fill('temperature');
    await page.getByText('1 value', { exact: true }).waitFor();
    await tile('Temperature').locator('canvas').waitFor();
    await browser.expectAccessible();
    expect(browser.complaints).toEqual([]);
  });

  it('says that the device is gone when somebody deletes it meanwhile', async () => {
    await browser.api('DELETE', `devices/${ID}`);
    await page.getByText(`There is no device “${ID}”`).waitFor();
  });
});
