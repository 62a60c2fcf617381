import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@viaduct/cli';
import { getTwin } from '@viaduct/hub';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** `viaduct configuration` against a whole server. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function cli(...args: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const code = await runCli(['configuration', ...args, '--data', server.dataDirectory], {
    streams: { out: (text) => (out += text), err: () => undefined, errIsTerminal: false },
    env: {},
    stop: new AbortController().signal,
    runTrusting: async () => 0,
  });
  return { code, out };
}

async function desired(deviceId: string) {
  return (await getTwin(server.hub, { deviceId })).desired.values;
}

async function becomes(deviceId: string, values: object): Promise<void> {
  const wanted = JSON.stringify(values);
  await until(async () => JSON.stringify(await desired(deviceId)) === wanted, { what: wanted });
}

describe('viaduct configuration', () => {
  it('makes, shows, changes, tests, applies and removes one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'viaduct-configuration-'));
    const { deviceId } = await server.createDevice();
    const targetCondition = `deviceId = '${deviceId}'`;
    const name = 'winter';
    const file = join(directory, 'content.json');
    await writeFile(file, JSON.stringify({ content: { deviceContent: { 'properties.desired.interval': 60 } } }));

    const added = await cli('add', name, file, '--target-condition', targetCondition, '--label', 'a=b');
    expect(added).toMatchObject({ code: 0, out: expect.stringContaining(targetCondition) });
    await becomes(deviceId, { interval: 60 });
    const metrics = () => fetch(`http://${server.address}:9464/metrics`).then((answer) => answer.text());
    const line = `viaduct_configuration_devices{configuration="${name}",state="applied"} 1`;
    await until(async () => (await metrics()).includes(line), { what: line });
    expect((await cli('list')).out).toContain(name);
    expect((await cli('update', name, '--priority', '7')).out).toMatch(/priority +7/);
    expect((await cli('update', name)).code).toBe(2);
    expect(JSON.parse((await cli('show', name, '--json')).out)).toMatchObject({ id: name, priority: 7 });
    const wrong = await cli('test', '--target-condition', 'tags.a ==', '--metric', 'm=SELECT');
    expect([wrong.code, wrong.out.trim().split('\n').length]).toEqual([1, 2]);
    expect(await cli('test', '--target-condition', targetCondition)).toMatchObject({
      code: 0,
      out: 'nothing is wrong\n',
    });
    expect((await cli('remove', name)).code).toBe(0);
    await becomes(deviceId, {});
    expect((await cli('show', name)).code).toBe(4);
    expect((await cli('apply', deviceId, file)).code).toBe(0);
    expect(await desired(deviceId)).toEqual({ interval: 60 });
    await rm(directory, { recursive: true });
  });
});
