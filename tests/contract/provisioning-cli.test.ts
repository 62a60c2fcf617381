import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@viaduct/cli';
import { deriveDeviceKey, issueCertificate, startTestServer, type TestServer } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** `viaduct enrollment` and `viaduct provision` against a whole server, as an operator would walk through them. */
let server: TestServer;
let directory: string;
beforeAll(async () => {
  server = await startTestServer();
  directory = await mkdtemp(join(tmpdir(), 'viaduct-provisioning-'));
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function cli(...args: string[]): Promise<Ran> {
  return run([...args, '--data', server.dataDirectory], new AbortController().signal);
}

async function run(args: readonly string[], stop: AbortSignal, onOut = (_out: string) => {}): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await runCli(args, {
    streams: {
      out: (text) => {
        out += text;
        onOut(out);
      },
      err: (text) => (err += text),
      errIsTerminal: false,
    },
    env: {},
    stop,
    runTrusting: async () => 0,
  });
  return { code, out, err };
}

async function json(...args: string[]) {
  const { code, out, err } = await cli(...args, '--json');
  expect([code, err.includes('"error"') ? err : ''], `${out}\n${err}`).toEqual([0, '']);
  return JSON.parse(out);
}

describe('viaduct enrollment', () => {
  it('adds, shows, changes, disables and removes a group, and never tells its keys unasked', async () => {
    const added = await json('enrollment', 'add', 'Pumps', '--group', '--tags', '{"site":"north"}', '--edge');
    const { primaryKey } = added.attestation.symmetricKey;
    expect(added).toMatchObject({ enrollmentGroupId: 'Pumps', provisioningStatus: 'enabled' });
    expect(added).toMatchObject({ capabilities: { iotEdge: true }, initialTwin: { tags: { site: 'north' } } });
    expect(Buffer.from(primaryKey, 'base64').length).toBeGreaterThanOrEqual(32);

    const shown = await cli('enrollment', 'show', 'pumps', '--group');
    expect(shown.out).toMatch(/group +Pumps/);
    expect(shown.out).not.toContain(primaryKey);
    expect((await cli('enrollment', 'show', 'Pumps', '--group', '--keys')).out).toContain(primaryKey);

    await json('enrollment', 'update', 'Pumps', '--group', '--reprovision', 'reset', '--allocation', 'geoLatency');
    const changed = await json('enrollment', 'show', 'Pumps', '--group', '--keys');
    expect(changed).toMatchObject({
      allocationPolicy: 'geoLatency',
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false },
      capabilities: { iotEdge: true },
      initialTwin: { tags: { site: 'north' } },
      attestation: { symmetricKey: { primaryKey } },
    });
    expect((await cli('enrollment', 'update', 'Pumps', '--group')).code).toBe(2);

    expect((await cli('enrollment', 'disable', 'Pumps', '--group')).out).toMatch(/Pumps +group +disabled/);
    const query = "SELECT * FROM enrollmentGroups WHERE provisioningStatus = 'disabled'";
    expect((await json('enrollment', 'query', query)).map(idOf)).toEqual(['Pumps']);
    expect((await cli('enrollment', 'enable', 'Pumps', '--group')).out).toMatch(/Pumps +group +enabled/);

    const [registrationId, other] = ['pump-1', 'Pump-2'];
    const derived = await cli('enrollment', 'derive-key', registrationId, '--group', 'Pumps');
    expect(derived.out).toBe(`${deriveDeviceKey(primaryKey, registrationId)}\n`);
    const table = await cli('enrollment', 'derive-key', registrationId, other, '--group', 'Pumps');
    expect(table.out).toContain(deriveDeviceKey(primaryKey, 'pump-2'));

    expect((await cli('enrollment', 'add', 'pumps', '--group')).code).toBe(1);
    expect((await cli('enrollment', 'remove', 'Pumps', '--group')).code).toBe(0);
    const gone = await cli('enrollment', 'show', 'Pumps', '--group');
    expect([gone.code, gone.out]).toEqual([4, '']);
  });

  it('takes each kind of proof, and no two at once', async () => {
    const { pem } = await issueCertificate({ commonName: 'meter-1' });
    const root = await issueCertificate({ commonName: 'Factory', ca: true });
    const [own, signer] = [join(directory, 'meter-1.pem'), join(directory, 'factory.pem')];
    await writeFile(own, pem);
    await writeFile(signer, root.pem);

    await json('enrollment', 'add', 'meter-1', '--certificate', own, '--device-id', 'meter-0001');
    expect((await cli('enrollment', 'show', 'meter-1')).out).toMatch(/certificate +CN=meter-1, until .*SHA-256/);
    await json('enrollment', 'add', 'factory', '--group', '--signing-certificate', signer);
    expect((await cli('certificate', 'add', 'plant', signer, '--verified')).code).toBe(0);
    await json('enrollment', 'add', 'plant', '--group', '--authority', 'plant', '--disabled');
    const list = (await cli('enrollment', 'list')).out;
    expect(list).toMatch(/factory +group +enabled +certificate by a signer/);
    expect(list).toMatch(/plant +group +disabled +certificate by plant/);
    expect(list).toMatch(/meter-1 +device +enabled +own certificate/);

    const both = await cli('enrollment', 'add', 'meter-2', '--certificate', own, '--primary-key', 'a2V5');
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('one kind of proof')]);
    expect((await cli('enrollment', 'add', 'meter-2', '--attestation', 'tpm')).code).toBe(2);
    await cli('enrollment', 'remove', 'factory', 'plant', '--group');
    await cli('enrollment', 'remove', 'meter-1');
  });
});

describe('viaduct provision', () => {
  it('shows and changes what the service is set to, and with which connection string', async () => {
    const { idScope, serviceConnectionString } = server.ready.provisioning;
    expect(await json('provision', 'settings')).toMatchObject({ idScope, allocationPolicy: 'hashed' });
    expect(await json('provision', 'settings', '--allocation', 'static')).toMatchObject({ allocationPolicy: 'static' });
    expect((await cli('connection-string', '--provisioning')).out).toBe(`${serviceConnectionString}\n`);
    const asHub = [
      'provision',
      'settings',
      '--connection-string',
      server.ready.hubConnectionString,
      '--ca',
      server.caFile,
    ];
    const refused = await run(asHub, new AbortController().signal);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('connection-string --provisioning')]);
  });
});

const idOf = ({ enrollmentGroupId }: { enrollmentGroupId: string }) => enrollmentGroupId;
