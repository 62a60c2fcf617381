import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AnonymousCredential, BlockBlobClient, newPipeline } from '@azure/storage-blob';
import { type SpawnedServer, spawnTestServer, until } from '@viaduct/testkit';
import { Client as DeviceClient } from 'azure-iot-device';
import { Http } from 'azure-iot-device-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The command line as its users run it, against the server as its users run it, with this machine's agent as the device. */
const PROGRAM = fileURLToPath(new URL('../../dist/viaduct.mjs', import.meta.url));
const AGENT = fileURLToPath(new URL('../../dist/agent.mjs', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
}

let server: SpawnedServer;
let agent: Running;

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  // Without the test's own trust: the command line must find the root by itself.
  const { NODE_EXTRA_CA_CERTS: _root, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, ...args], { env: { ...inherited, ...env }, stdio: 'pipe' });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, out: () => out, err: () => err, ended };
}

function start(...args: string[]): Running {
  return run(PROGRAM, [...args, '--data', server.dataDirectory]);
}

async function cli(...args: string[]) {
  const running = start(...args);
  const code = await running.ended;
  return { code, out: running.out(), err: running.err() };
}

async function json(...args: string[]) {
  const { code, out, err } = await cli(...args, '--json');
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

const reported = async () => (await json('twin', 'show', 'machine')).properties.reported;

beforeAll(async () => {
  server = await spawnTestServer();
  const { connectionString } = await json('device', 'add', 'machine');
  agent = run(AGENT, [], { VIADUCT_DEVICE_CONNECTION_STRING: connectionString, VIADUCT_CA_FILE: server.ready.caFile });
  await until(() => agent.out().includes('"connected"'), { what: 'the agent connects', timeoutMs: 20_000 });
}, 60_000);

afterAll(async () => {
  agent?.child.kill('SIGKILL');
  await server?.stop();
});

describe('viaduct, against a running server', () => {
  it('shows the machine among the devices, connected', async () => {
    const devices = await json('device', 'list');
    expect(devices).toContainEqual(expect.objectContaining({ deviceId: 'machine', connectionState: 'Connected' }));
    expect((await cli('device', 'list')).out).toMatch(/^machine\s+enabled\s+yes/m);
  });

  it('makes, lists and removes consumer groups', async () => {
    expect((await cli('consumer-group', 'add', 'charts')).out).toBe('consumer group charts is there\n');
    const groups = (await json('consumer-group', 'list')) as { name: string }[];
    expect(groups.map(({ name }) => name)).toEqual(['$Default', 'charts']);
    expect((await cli('consumer-group', 'list')).out).toMatch(/^charts\s+nobody reads$/m);
    expect((await cli('consumer-group', 'remove', 'charts')).code).toBe(0);
    const gone = await cli('consumer-group', 'remove', 'charts', '--json');
    expect([gone.code, JSON.parse(gone.err).error.code]).toEqual([4, 'consumerGroup.notFound']);
  });

  it('asks the fleet, and says where a question is wrong', async () => {
    await cli('twin', 'update', 'machine', '{"site":"cli"}', '--tags');
    const text = "SELECT deviceId, tags.site FROM devices WHERE tags.site = 'cli'";
    expect(await json('query', text)).toEqual([{ deviceId: 'machine', site: 'cli' }]);
    expect((await cli('query', text)).out).toMatch(/^deviceId +site\nmachine +cli$/m);
    expect((await cli('query', 'SELECT * FROM devices')).out).toMatch(
      /^deviceId +status +connectionState .*\nmachine +enabled/m,
    );
    const wrong = await cli('query', 'SELECT * FORM devices');
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringContaining('at character 10, near "FORM": expected FROM'),
    ]);
  });

  it('makes an access token, which opens what its role says until it is revoked', async () => {
    const made = await json('token', 'create', 'reports', '--role', 'dataReader', '--days', '1');
    const ask = async () => {
      const headers = { authorization: `Bearer ${made.token}` };
      return (await fetch(`https://${server.ready.hostName}/devices`, { headers })).status;
    };
    expect(await ask()).toBe(200);
    expect((await cli('token', 'list')).out).toMatch(/^reports\s+dataReader\s+\S+\s+\d{4}-\S+\s+policy iothubowner$/m);
    expect((await cli('token', 'revoke', 'reports')).out).toBe('revoked reports\n');
    expect(await ask()).toBe(401);
    expect((await cli('token', 'create', 'x', '--role', 'owner')).code).toBe(2);
  });

  it('registers, shows and removes a device, and finds it gone', async () => {
    const added = await json('device', 'add', 'short-lived');
    expect(added.connectionString).toBe((await cli('connection-string', '--device', 'short-lived')).out.trim());
    expect((await cli('device', 'add', 'short-lived')).code).toBe(1);
    expect((await cli('device', 'remove', 'short-lived')).code).toBe(0);
    const gone = await cli('device', 'show', 'short-lived', '--json');
    expect(gone.code).toBe(4);
    expect(JSON.parse(gone.err).error).toMatchObject({ code: 'device.notFound' });
  });

  it('tails live telemetry of one device as NDJSON', async () => {
    const { code, out } = await cli('monitor', '--device', 'machine', '--count', '2', '--json');
    expect(code).toBe(0);
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records).toHaveLength(2);
    for (const record of records) {
      expect(record).toMatchObject({ deviceId: 'machine', source: 'Telemetry', body: { kind: 'json' } });
      expect(record.body.value).toHaveProperty('cpuLoadPerCore.core0');
    }
  });

  it('ends monitor cleanly on Ctrl-C, and reads history from the earliest record', async () => {
    const monitor = start('monitor', '--from', 'earliest');
    await until(() => monitor.out().includes('machine'), { what: 'a line', timeoutMs: 20_000 });
    monitor.child.kill('SIGINT');
    expect(await monitor.ended).toBe(0);
  });

  it('calls methods, and passes on what the device refused', async () => {
    expect(await json('invoke', 'machine', 'blink')).toMatchObject({ status: 200, payload: { did: 'printed a line' } });
    const refused = await cli('invoke', 'machine', 'setInterval', '{"seconds": 0}', '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({ status: 400, payload: { error: expect.stringContaining('0.2') } });
    expect((await json('invoke', 'machine', 'diagnose')).payload.messagesSent).toBeGreaterThan(0);
  });

  it('says that a device is not connected', async () => {
    await json('device', 'add', 'asleep');
    const { code, err } = await cli('invoke', 'asleep', 'blink');
    expect(code).toBe(3);
    expect(err).toContain('error:');
  });

  it('changes the interval by desired property, and sees the answer of the device, good or bad', async () => {
    expect(await reported()).toMatchObject({ agentVersion: '0.1.0', telemetryIntervalSeconds: { value: 1, ac: 203 } });
    expect((await cli('twin', 'update', 'machine', '{"telemetryIntervalSeconds": 0.5}')).code).toBe(0);
    await until(async () => (await reported()).telemetryIntervalSeconds.value === 0.5, { what: 'acknowledgement' });
    expect((await reported()).telemetryIntervalSeconds).toMatchObject({ ac: 200 });
    await cli('twin', 'update', 'machine', '{"telemetryIntervalSeconds": 99999}');
    await until(async () => (await reported()).telemetryIntervalSeconds.ac === 400, { what: 'refusal' });
    expect((await reported()).telemetryIntervalSeconds).toMatchObject({
      value: 0.5,
      ad: expect.stringContaining('3600'),
    });
  });

  it('tells soon and in words why a command could not be queued', async () => {
    const unknown = await cli('send', 'nobody', 'hello');
    expect(unknown.code).toBe(4);
    const connectionString = server.ready.hubConnectionString.replace(/SharedAccessKey=.*/, 'SharedAccessKey=YWJj');
    const args = ['send', 'machine', 'hello', '--connection-string', connectionString, '--ca', server.ready.caFile];
    const refused = await cli(...args);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('not signed with a key');
  });

  it('queues a command, which the device fetches', async () => {
    const { messageId } = await json('send', 'machine', 'hello there', '--property', 'colour=red');
    await until(() => agent.out().includes(messageId), { what: 'the command arrives' });
    expect(agent.out()).toContain('hello there');
  });

  it('prints connection strings of policies, the CA, and a one-time link', async () => {
    expect((await cli('connection-string')).out.trim()).toBe(server.ready.hubConnectionString);
    expect((await cli('connection-string', '--event-hubs')).out.trim()).toBe(server.ready.eventHubsConnectionString);
    expect((await cli('connection-string', '--policy', 'service')).out).toContain('SharedAccessKeyName=service;');
    expect((await cli('ca')).out).toContain('BEGIN CERTIFICATE');
    expect((await json('admin-link')).adminLink).toContain(`${server.ready.consoleUrl}setup?token=`);
  });

  it.each([
    ['through the official SDK', '3'],
    ['through the light client', '60'],
  ])('simulates devices %s, and removes them', { timeout: 60_000 }, async (_how, devices) => {
    const args = ['--devices', devices, '--rate', '5', '--duration', '2', '--prefix', 'fleet-', '--cleanup'];
    const summary = await json('simulate', ...args);
    expect(summary).toMatchObject({ failed: 0, skipped: 0 });
    expect(summary.acknowledged).toBe(summary.sent);
    expect(summary.sent).toBeGreaterThan(Number(devices) * 4);
    const left = (await json('device', 'list')).map(({ deviceId }: { deviceId: string }) => deviceId);
    expect(left.filter((deviceId: string) => deviceId.startsWith('fleet-'))).toEqual([]);
  });
});

describe('viaduct file', () => {
  it('lists, downloads and deletes what a device uploaded, and overwrites nothing unasked', {
    timeout: 90_000,
  }, async () => {
    const { connectionString } = await json('device', 'add', 'camera');
    expect((await cli('file', 'list', 'camera')).out).toBe('No files yet.\n');
    const content = randomBytes(300_000);
    const client = DeviceClient.fromConnectionString(connectionString, Http);
    const ca = await readFile(server.ready.caFile, 'utf8');
    // Without the second, the HTTP client of the SDK never answers.
    await client.setOptions({ ca, http: { receivePolicy: { interval: 1 } } } as never);
    for (const name of ['2026/log #1.bin', 'a', 'z']) {
      const given = (await client.getBlobSharedAccessSignature(name)) as unknown as Record<string, string>;
      const path = encodeURIComponent(given.blobName ?? '');
      const url = `https://${given.hostName}/${given.containerName}/${path}${given.sasToken}`;
      const pipeline = newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 1 } });
      await new BlockBlobClient(url, pipeline).upload(content, content.length);
    }

    const listed = await json('file', 'list', 'camera');
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(['2026/log #1.bin', 'a', 'z']);
    expect(listed[0]).toMatchObject({ bytes: 300_000, lastModifiedTime: expect.any(String) });
    expect((await cli('file', 'list', 'camera')).out).toMatch(/^300000 .* z$/m);
    expect(await json('file', 'list', 'camera', '--top', '2')).toHaveLength(2);

    const folder = await mkdtemp(join(tmpdir(), 'viaduct-files-'));
    const file = join(folder, 'got.bin');
    const get = ['file', 'get', 'camera', '2026/log #1.bin', '-o', file];
    expect(await json(...get)).toEqual({ deviceId: 'camera', name: '2026/log #1.bin', file, bytes: 300_000 });
    expect((await readFile(file)).equals(content)).toBe(true);

    await writeFile(file, 'mine');
    const refused = await cli(...get);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--force')]);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await cli('file', 'get', 'camera', 'none', '--force', '-o', file)).code).toBe(4);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await cli(...get, '--force')).code).toBe(0);
    expect((await readFile(file)).equals(content)).toBe(true);
    expect(await readdir(folder)).toEqual(['got.bin']);
    expect((await cli('file', 'get', 'camera', '..')).code).toBe(2);
    expect((await cli('file', 'get', 'camera', 'z', '-o', join(folder, 'no', 'such'))).code).toBe(2);
    await rm(folder, { recursive: true });

    expect((await cli('file', 'delete', 'camera', 'z', 'a')).out).toBe('deleted z\ndeleted a\n');
    expect(await json('file', 'list', 'camera')).toHaveLength(1);
    expect((await cli('file', 'delete', 'camera', 'z')).code).toBe(4);
    expect((await cli('file', 'list', 'nobody')).code).toBe(4);
  });
});

describe('viaduct job, import and export', () => {
  it('moves the registry through a file, with what is refused in another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'viaduct-cli-'));
    const file = join(folder, 'devices.txt');
    expect((await cli('device', 'add', 'moved')).code).toBe(0);
    const exported = await json('export', file);
    expect(exported).toEqual({ file, bytes: (await stat(file)).size });
    expect((await stat(file)).mode & 0o077).toBe(0);
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    const moved = lines.find((line) => JSON.parse(line).id === 'moved') ?? '';
    expect((await cli('export', file)).code).toBe(1);

    const { primaryKey } = JSON.parse(moved).authentication.symmetricKey;
    await cli('device', 'remove', 'moved');
    await writeFile(file, `${moved}\nno JSON\n`);
    const imported = await cli('import', file);
    expect([imported.code, imported.out]).toEqual([1, expect.stringContaining('1 done, 1 refused')]);
    expect(JSON.parse(await readFile(`${file}.errors`, 'utf8'))).toMatchObject({ line: 2 });
    expect((await cli('connection-string', '--device', 'moved')).out).toContain(primaryKey);
    expect((await cli('import', join(folder, 'none'))).code).toBe(2);
    await rm(folder, { recursive: true });
  });

  it('runs jobs, shows how they went on each device, lists and cancels them', async () => {
    const set = await json('job', 'run', "deviceId = 'machine'", '--tags', '{"room": 7}', '--id', 'tags', '--wait');
    expect(set).toMatchObject({ status: 'completed', deviceJobStatistics: { deviceCount: 1, succeededCount: 1 } });
    const call = ['job', 'run', "deviceId IN ['machine', 'moved']", '--method', 'diagnose', '--id', 'call', '--wait'];
    const called = await cli(...call);
    expect([called.code, called.out]).toEqual([1, expect.stringContaining('2, 1 done, 1 failed')]);
    expect((await json('job', 'show', 'call')).devices).toMatchObject([
      { deviceId: 'machine', status: 'completed', outcome: { deviceMethodResponse: { status: 200 } } },
      { deviceId: 'moved', status: 'failed', error: { code: 'DeviceNotOnline' } },
    ]);
    const tooFar = await cli('job', 'run', '*', '--desired', '{"x": 1}', '--start', '2099-01-01');
    expect([tooFar.code, tooFar.err]).toEqual([1, expect.stringContaining('days ahead')]);
    expect((await cli('job', 'run', '*', '--desired', '{"x": 1}', '--id', 'tags')).code).toBe(1);
    const later = await json('job', 'run', '*', '--desired', '{"x": 1}', '--id', 'soon', '--start', inAMinute());
    expect(later.status).toBe('scheduled');
    expect(await json('job', 'cancel', 'soon')).toMatchObject({ status: 'cancelled' });
    expect((await json('job', 'list')).map(({ jobId }: { jobId: string }) => jobId)).toEqual(
      expect.arrayContaining(['soon', 'call', 'tags']),
    );
    expect((await cli('job', 'list', '--type', 'import')).out).toContain('import');
    expect((await cli('job', 'show', 'none')).code).toBe(4);
    expect((await cli('job', 'run', '*')).code).toBe(2);
    expect((await cli('job', 'run', 'tags.x =', '--tags', '{}')).err).toContain('character');
    expect((await cli('job', 'container')).out).toMatch(/^https:.*\/hub-jobs\?.*sig=/);
  });
});

const inAMinute = () => new Date(Date.now() + 60_000).toISOString();

describe('the agent', () => {
  it('bridges the time without a server: every sample taken meanwhile arrives, with its own time', {
    timeout: 90_000,
  }, async () => {
    await server.kill('SIGKILL');
    const waiting = () => [...agent.out().matchAll(/"waiting":(\d+)/g)].map(([, count]) => Number(count));
    await until(() => Math.max(0, ...waiting()) >= 8, { what: 'eight samples wait', timeoutMs: 40_000 });
    server = await spawnTestServer({ dataDirectory: server.dataDirectory, address: server.address });
    const payload = await until(
      async () => {
        const { code, out } = await cli('invoke', 'machine', 'diagnose', '--json');
        return code === 0 && JSON.parse(out).payload;
      },
      { what: 'the agent is back', timeoutMs: 40_000, everyMs: 500 },
    );
    expect(payload.messagesDropped).toBe(0);

    const count = String(payload.messagesSent);
    const { out } = await cli('monitor', '--device', 'machine', '--from', 'earliest', '--count', count, '--json');
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const times = records.map(({ properties }) => Date.parse(properties['iothub-creation-time-utc']));
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    // Sampled every half second, and away for at least four.
    expect(Math.max(...gaps)).toBeLessThan(3_000);
  });

  it('leaves cleanly on SIGTERM', async () => {
    agent.child.kill('SIGTERM');
    expect(await agent.ended).toBe(0);
    await until(async () => (await json('device', 'show', 'machine')).connectionState === 'Disconnected', {
      what: 'the hub knows',
    });
  });
});
