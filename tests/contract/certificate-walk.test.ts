import { execSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@viaduct/cli';
import { getTwin } from '@viaduct/hub';
import { startTestServer, type TestServer } from '@viaduct/testkit';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The walks of `docs/operating`, line by line, as a newcomer types them. */
describe.skipIf(!existsSync('/usr/bin/openssl'))('the walk through certificates.md', () => {
  let server: TestServer;
  let folder: string;
  const printed: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'viaduct-walk-'));
    server = await startTestServer();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function viaduct(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCli([...args, '--data', server.dataDirectory], {
      streams: { out: (text) => out.push(text), err: (text) => err.push(text), errIsTerminal: false },
      env: {},
      stop: new AbortController().signal,
      runTrusting: async () => 1,
    });
    return { code, out: out.join(''), err: err.join('') };
  }

  const inFolder = (word: string) => (/\.(?:pem|key)$/.test(word) ? join(folder, word) : word);

  async function type(line: string): Promise<void> {
    if (!line.startsWith('viaduct ')) {
      execSync(line, { cwd: folder, stdio: 'pipe', shell: '/bin/sh' });
      return;
    }
    const words = line.split(' ').slice(1);
    const { code, out, err } = await viaduct(words.map((word) => inFolder(word.replace(/^'(.*)'$/, '$1'))));
    expect(code, `${line}\n${err}`).toBe(0);
    printed.push(out);
    // What it says to type, a newcomer types.
    for (const said of out.matchAll(/^ {2}(openssl .*)$/gm)) await type(said[1] ?? '');
  }

  async function walk(name: string): Promise<void> {
    const document = readFileSync(new URL(`../../docs/operating/${name}`, import.meta.url), 'utf8');
    const lines = [...document.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) await type(line);
  }

  it('ends with a device that talks', async () => {
    await walk('certificates.md');

    const listed = printed.find((text) => text.startsWith('NAME')) ?? '';
    expect(listed).toMatch(/^factory +yes +\d{4}-.*CN=Factory root$/m);
    const connectionString = /connection string\s+(.*)/.exec(printed.at(-1) ?? '')?.[1] ?? '';
    const client = Client.fromConnectionString(connectionString, Mqtt);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const options = { cert: read('pump-7.pem'), key: read('pump-7.key'), ca: readFileSync(server.caFile, 'utf8') };
    await client.setOptions(options as never);
    await client.open();
    await client.sendEvent(new Message('{"pressure":3.1}'));
    await client.close();
  });

  it('keeps private keys out of the command line', async () => {
    expect(await viaduct(['certificate', 'add', 'oops', join(folder, 'ca.key')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('contains a private key'),
    });
  });

  it('says what a proof lacks, and shows and removes an authority', async () => {
    const wrong = await viaduct(['certificate', 'verify', 'factory', join(folder, 'ca.pem')]);
    expect([wrong.code === 0, wrong.err]).toEqual([false, expect.stringContaining('proves nothing')]);
    expect((await viaduct(['certificate', 'show', 'factory'])).out).toContain('verified     yes');
    expect(JSON.parse((await viaduct(['certificate', 'list', '--json'])).out)).toMatchObject([{ name: 'factory' }]);
    expect((await viaduct(['certificate', 'remove', 'factory'])).out).toBe('removed factory\n');
    expect((await viaduct(['certificate', 'show', 'factory'])).code).toBe(4);
  });

  it('goes on in provisioning.md, with devices that come by a key and by a certificate', async () => {
    await walk('provisioning.md');
    const [byCertificate, , byKey] = printed.slice(-4).reverse();
    expect(byKey).toMatch(/connection string +HostName=.*;DeviceId=press-1;SharedAccessKey=/);
    expect(byCertificate).toMatch(/connection string +HostName=.*;DeviceId=press-7;x509=true/);
    const { tags } = await getTwin(server.hub, { deviceId: 'press-1' });
    expect(tags).toEqual({ site: 'north' });
  });

  it('registers a device by its own certificate', async () => {
    const added = await viaduct(['device', 'add', 'own', '--certificate', join(folder, 'pump-7-only.pem')]);
    expect(added.out).toContain('DeviceId=own;x509=true');
    expect((await server.hub.registry.find({ deviceId: 'own' }))?.authentication).toMatchObject({
      type: 'selfSigned',
      x509Thumbprint: { primaryThumbprint: expect.stringMatching(/^[0-9A-F]{64}$/) },
    });
    const both = await viaduct(['device', 'add', 'two', '--by-authority', '--primary-key', 'AAAA']);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('one kind of credential')]);
  });
});
