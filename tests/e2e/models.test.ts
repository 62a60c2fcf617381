import { existsSync } from 'node:fs';
import { startTestServer, type TestServer } from '@viaduct/testkit';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openSignedInPage, type SignedInPage } from './signed-in-page.ts';

const MODEL = {
  '@context': ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'],
  '@id': 'dtmi:acme:Oven;1',
  '@type': 'Interface',
  displayName: 'Oven',
  contents: [
    {
      '@type': ['Telemetry', 'Temperature'],
      name: 'heat',
      displayName: 'Inside',
      schema: 'double',
      unit: 'degreeCelsius',
    },
    { '@type': ['Property', 'Cloud'], name: 'owner', schema: 'string' },
  ],
};

/** From a file to a page with names and units, from a device to a model, and from a model to the next; unmodified SDK devices. */
describe.skipIf(!existsSync(CHROMIUM))('models in the console', () => {
  let server: TestServer;
  let browser: SignedInPage;
  let page: SignedInPage['page'];
  const clients: Client[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    browser = await openSignedInPage(server);
    page = browser.page;
  });
  afterAll(async () => {
    for (const client of clients) await client.close();
    await browser?.close();
    await server?.stop();
  });

  async function device(modelId?: string): Promise<{ readonly deviceId: string; say(body: object): Promise<unknown> }> {
    const { deviceId, connectionString } = await server.createDevice();
    const client = Client.fromConnectionString(connectionString, Mqtt);
    if (modelId !== undefined) await client.setOptions({ modelId });
    await client.open();
    clients.push(client);
    return { deviceId, say: (body) => client.sendEvent(new Message(JSON.stringify(body))) };
  }

  it('takes a model from a text, says what is wrong with one, and a device that announces it has its page', async () => {
    await browser.open('models');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    const text = page.getByLabel('Or paste it');
    await text.fill(JSON.stringify({ ...MODEL, contents: [{ ...MODEL.contents[0], schema: 'dubble' }] }));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('alert').getByText("'dubble'").waitFor();
    await browser.expectAccessible();
    await text.fill(JSON.stringify(MODEL));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('button', { name: 'Import and publish' }).click();
    await page.getByRole('heading', { name: 'Oven' }).waitFor();
    await page.getByText('number, °C').waitFor();
    await browser.expectAccessible();
    await browser.picture('model');

    const oven = await device('dtmi:acme:Oven;1');
    await oven.say({ heat: 181.5 });
    await browser.open(`devices/${oven.deviceId}`);
    await page.getByText('Inside').first().waitFor();
    await page
      .getByText(/181[.,]5/)
      .first()
      .waitFor();
  });

  it('makes a model of what a device sends, with doubtful units accepted by a key', async () => {
    const station = await device();
    for (let i = 0; i < 12; i++) {
      await station.say({ temperature: 20 + i / 2, pressure: 1_000 + i, state: i % 2 === 0 ? 'open' : 'shut' });
    }
    await browser.open(`models/new?device=${station.deviceId}`);
    const guess = page.getByRole('button', { name: 'pressure is Pressure in millibar' });
    await guess.focus();
    await page.keyboard.press('Enter');
    expect(await guess.getAttribute('aria-pressed')).toBe('true');
    await browser.expectAccessible();
    await browser.picture('model-of-device');
    await page.getByRole('button', { name: 'Publish and use' }).click();
    await page.getByRole('heading', { name: station.deviceId }).waitFor();
    await page.getByText('Pressure').first().waitFor();
    await page.getByText('mbar').first().waitFor();
  });

  it('says what a change breaks before it is published, and moves devices to the next version', async () => {
    const path = `models/${encodeURIComponent('dtmi:acme:Oven;1')}`;
    await browser.open(`${path}?tab=edit`);
    await page.getByRole('button', { name: 'Remove heat' }).click();
    await page.getByText('Gone:').waitFor();
    await page.getByText('1 device').first().waitFor();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Discard draft' }).click();
    await page.getByText('Gone:').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'New version' }).click();
    await page.getByText('dtmi:acme:Oven;2', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Add capability' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('door');
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Add capability' }).click();
    await page.getByRole('button', { name: 'Edit door' }).waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('button', { name: 'Move devices here…' }).click();
    await page.getByRole('combobox', { name: 'Devices of' }).click();
    await page.getByRole('option', { name: /^Oven/ }).click();
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByText('1 moved').waitFor();
    await browser.expectAccessible();
    expect(browser.complaints).toEqual([]);
  });

  it('designs a model by hand: components, states, objects, commands, with faults at their place and a way back', async () => {
    await browser.open('models/new');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Boiler station');
    await page.getByRole('button', { name: 'Make draft' }).click();
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    const choose = async (label: string, option: string) => {
      await page.getByRole('combobox', { name: label, exact: true }).last().click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    const add = async (kind: string, called: string) => {
      await page.getByRole('button', { name: 'Add capability' }).click();
      await choose('Kind', kind);
      await name.fill(called);
    };
    const done = async (called: string) => {
      await page.getByRole('button', { name: 'Add capability' }).click();
      await page.getByRole('button', { name: `Edit ${called}`, exact: true }).waitFor();
    };

    await add('Telemetry', 'heat');
    await choose('Semantic type', 'Temperature');
    await choose('Unit', 'degreeCelsius');
    await done('heat');
    await add('Component', 'heater');
    await page.getByRole('combobox', { name: 'Interface' }).fill('dtmi:com:example:Thermostat;1');
    await done('heater');
    await page.getByRole('button', { name: 'Edit maxTempSinceLastReboot' }).waitFor();
    await add('Command', 'refill');
    await page.getByRole('checkbox', { name: 'Takes a request' }).check();
    await choose('The request is', 'object');
    await page.getByRole('textbox', { name: 'Field', exact: true }).fill('litres');
    await page.getByRole('button', { name: 'Add field' }).click();
    await page.getByRole('textbox', { name: 'Field', exact: true }).last().fill('pace');
    await choose('Is', 'enum');
    await page.getByRole('button', { name: 'Add state' }).click();
    const state = page.getByRole('textbox', { name: 'State', exact: true }).last();
    await state.fill('value1');
    await page.getByText("property 'name' has value 'value1'").first().waitFor();
    await browser.expectAccessible();
    await state.fill('slow');
    await page.getByRole('textbox', { name: 'State', exact: true }).first().fill('fast');
    await page.getByText("property 'name' has value 'value1'").first().waitFor({ state: 'detached' });
    await done('refill');

    await page.getByRole('button', { name: 'Move refill up' }).click();
    await page.getByRole('button', { name: 'Edit refill' }).press('Control+z');
    await page.getByRole('button', { name: 'Redo' }).click();
    await page.getByRole('button', { name: 'Edit refill' }).click();
    await page.evaluate(
      'document.querySelector("form[aria-label=\'Save capability\']").scrollIntoView(), window.scrollBy(0, -70)',
    );
    await browser.picture('model-designer');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Edit heat', exact: true }).click();
    await page.getByRole('textbox', { name: 'Display name' }).fill('In the boiler');
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Save capability' }).click();
    await page.getByText('Saved as a draft').waitFor();

    const path = `models/${encodeURIComponent('dtmi:viaduct:model:Boilerstation;1')}?tab=edit`;
    await browser.expectNarrow(path);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByRole('button', { name: 'Remove maxTempSinceLastReboot' }).click();
    await other.getByText('Saved as a draft').waitFor();
    await other.close();
    await page.getByRole('button', { name: 'Remove heat', exact: true }).click();
    await page.getByRole('button', { name: 'Take theirs' }).click();
    await page.getByRole('button', { name: 'Remove maxTempSinceLastReboot' }).waitFor({ state: 'detached' });
    await page.getByText('In the boiler').first().waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('button', { name: 'Publish' }).waitFor({ state: 'detached' });
    // What somebody else overtook is refused.
    expect(browser.complaints.filter((complaint) => !complaint.includes('status of 412'))).toEqual([]);
  });
});
