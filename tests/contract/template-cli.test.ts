import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@viaduct/cli';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { Client } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** `viaduct template` over real REST, and a device of an official SDK that announces what was imported. */
const ID = 'dtmi:acme:Boiler;1';
let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'viaduct-template-'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runCli(['template', ...args, '--data', server.dataDirectory], {
    streams: { out: (text) => (out += text), err: (text) => (err += text), errIsTerminal: false },
    env: {},
    stop: new AbortController().signal,
    runTrusting: async () => 0,
  });
  return { code, out, err };
}

async function file(name: string, document: object): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(document));
  return path;
}

const boiler = (...contents: object[]) => ({
  '@context': 'dtmi:dtdl:context;2',
  '@id': ID,
  '@type': 'Interface',
  displayName: 'Boiler',
  contents,
});
const TEMPERATURE = {
  '@type': ['Telemetry', 'Temperature'],
  name: 'temperature',
  schema: 'double',
  unit: 'degreeCelsius',
};

async function templateOf(deviceId: string): Promise<string | undefined> {
  const { url, apiToken } = server.ready.central;
  const answer = await fetch(`${url}/devices/${deviceId}?api-version=2022-07-31`, {
    headers: { authorization: apiToken },
  });
  return ((await answer.json()) as { template?: string }).template;
}

describe('viaduct template', () => {
  it('imports a model, lists, shows and exports it; again only to replace it', async () => {
    const path = await file(
      'boiler.json',
      boiler(TEMPERATURE, { '@type': 'Component', name: 'room', schema: 'dtmi:com:example:Thermostat;1' }),
    );
    expect(await cli('import', path)).toMatchObject({ code: 0, out: expect.stringContaining('Telemetry Temperature') });
    expect((await cli('import', path)).err).toContain('--replace');
    expect((await cli('import', path, '--replace')).code).toBe(0);
    expect((await cli('list')).out).toContain(ID);
    expect((await cli('show', ID)).out).toMatch(/name +Boiler/);
    const exported = await cli('export', ID);
    expect(JSON.parse(exported.out)).toMatchObject({
      '@id': ID,
      '@type': ['ModelDefinition', 'DeviceModel'],
      capabilityModel: {
        contents: [{}, { schema: { '@id': 'dtmi:com:example:Thermostat;1', contents: [{}, {}, {}, {}] } }],
      },
    });
    const again = await file('again.json', JSON.parse(exported.out) as object);
    expect((await cli('import', again, '--replace')).code).toBe(0);
    expect(JSON.parse((await cli('export', ID, '--as', 'dtdl', '--json')).out)).toMatchObject({ '@type': 'Interface' });
  });

  it('says which element is wrong, and what is not there', async () => {
    const wrong = await cli(
      'import',
      await file('wrong.json', { ...boiler({ ...TEMPERATURE, schema: 'dubble' }), '@id': 'dtmi:acme:X;1' }),
    );
    expect(wrong.code).not.toBe(0);
    expect(wrong.err).toContain("'dubble'");
    expect((await cli('show', 'dtmi:acme:None;1')).code).toBe(4);
    expect((await cli('import', await file('none.json', {}))).code).toBe(2);
  });

  it('gives the template to devices that announce it, and a shipped one to those that announce that', async () => {
    for (const modelId of [ID, 'dtmi:com:example:TemperatureController;2']) {
      const { deviceId, connectionString } = await server.createDevice();
      const device = Client.fromConnectionString(connectionString, Mqtt);
      await device.setOptions({ modelId });
      await device.open();
      await until(async () => ((await templateOf(deviceId)) === modelId ? true : undefined), { what: modelId });
      await device.close();
    }
  });
});
