import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@viaduct/cli';
import { getDevice, getTwin } from '@viaduct/hub';
import {
  deriveDeviceKey,
  deviceClient,
  issueCertificate,
  lowPorts,
  makeCertificateRequest,
  startTestServer,
  type TestServer,
  until,
} from '@viaduct/testkit';
import { Message } from 'azure-iot-device';
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
    for (const command of ['show', 'disable', 'remove']) {
      expect((await cli('enrollment', command, 'Pumps')).err).toContain('but a group: add --group');
    }

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

describe.skipIf(!lowPorts)('viaduct provision device', () => {
  it('is sent to its hub by a key of its group, and its connection string works', async () => {
    await json('enrollment', 'add', 'fans', '--group', '--desired', '{"rate":5}');
    const device = await json('provision', 'device', 'fan-1', '--group', 'fans');
    expect(device).toMatchObject({ status: 'assigned', substatus: 'initialAssignment', deviceId: 'fan-1' });
    expect(device.assignedHub).toBe(server.address);
    expect((await getTwin(server.hub, { deviceId: 'fan-1' })).desired.values).toEqual({ rate: 5 });

    const overMqtt = ['provision', 'device', 'fan-2', '--group', 'fans', '--transport', 'mqtt'];
    const { deviceId } = await json(...overMqtt, '--payload', '{"modelId":"dtmi:x;1"}');
    expect(deviceId).toBe('fan-2');
    expect((await cli('provision', 'status', 'FAN-2')).out).toMatch(/fan-2 +assigned/);
    const client = await deviceClient(device.connectionString, server.caFile);
    await client.open();
    await client.sendEvent(new Message('{}'));
    expect((await cli('enrollment', 'registrations', 'fans')).out).toMatch(/fan-1 +assigned +fan-1/);

    expect((await cli('enrollment', 'disable', 'fans', '--group', '--devices', 'disable')).code).toBe(0);
    await until(async () => (await getDevice(server.hub, { deviceId: 'fan-1' })).status === 'disabled');
    await client.close();
    expect((await cli('provision', 'forget', 'fan-2')).code).toBe(0);
    expect((await cli('provision', 'status', 'fan-2')).code).toBe(4);
    expect((await cli('enrollment', 'remove', 'fans', '--group', '--devices', 'delete')).code).toBe(0);
    expect((await cli('device', 'show', 'fan-1')).code).toBe(4);
    expect((await cli('device', 'show', 'fan-2')).code).toBe(0);
  });

  it('comes with a certificate, and asks for one that is issued here', async () => {
    await json('provision', 'policy', 'add', 'short', '--days', '7', '--key-type', 'EC-P256');
    expect((await cli('provision', 'policy', 'list')).out).toMatch(/short +7 days +EC-P256/);
    const own = await issueCertificate({ commonName: 'gate-1' });
    const [file, key] = [join(directory, 'gate-1.pem'), join(directory, 'gate-1.key')];
    await writeFile(file, own.pem);
    await writeFile(key, own.keyPem);
    await json('enrollment', 'add', 'gate-1', '--certificate', file, '--credential-policy', 'short');
    const proof = ['--certificate', file, '--private-key', key];
    const device = await json('provision', 'device', 'gate-1', ...proof, '--transport', 'mqtt');
    expect(device).toMatchObject({ status: 'assigned', issuedCertificateChain: null });
    expect(device.connectionString).toBe(`HostName=${server.address};DeviceId=gate-1;x509=true`);

    const [csr, issued] = [join(directory, 'gate-1.csr'), join(directory, 'gate-1.issued.pem')];
    await writeFile(csr, (await makeCertificateRequest({ commonName: 'gate-1' })).pem);
    await json('provision', 'device', 'gate-1', ...proof, '--csr', csr, '-o', issued);
    const leaf = new X509Certificate(await readFile(issued));
    expect(leaf.subject).toBe('CN=gate-1');
    const again = await cli('provision', 'device', 'gate-1', ...proof, '--csr', csr, '-o', issued);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('is there already')]);
    expect((await cli('provision', 'policy', 'remove', 'short')).code).toBe(0);
  });

  it('races another with the same registration id and another certificate: one of them is known at the hub, and told so', async () => {
    const root = await issueCertificate({ commonName: 'Racing', ca: true });
    const signer = join(directory, 'racing.pem');
    await writeFile(signer, root.pem);
    await json('enrollment', 'add', 'racing', '--group', '--signing-certificate', signer);
    const racers = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const leaf = await issueCertificate({ commonName: 'racer', issuer: root });
        const [file, key] = [join(directory, `racer-${name}.pem`), join(directory, `racer-${name}.key`)];
        await writeFile(file, leaf.pem);
        await writeFile(key, leaf.keyPem);
        const thumbprint = leaf.certificate.fingerprint256.replaceAll(':', '');
        return { args: ['--certificate', file, '--private-key', key], thumbprint };
      }),
    );
    const all = [...racers, ...racers].map(({ args }) => json('provision', 'device', 'racer', ...args));
    for (const { deviceId, assignedHub } of await Promise.all(all)) {
      expect([deviceId, assignedHub]).toEqual(['racer', server.address]);
    }
    const { authentication } = await getDevice(server.hub, { deviceId: 'racer' });
    const { x509, status } = await json('provision', 'status', 'racer');
    expect(status).toBe('assigned');
    const known = x509.certificateInfo.sha256Thumbprint;
    expect(racers.map(({ thumbprint }) => thumbprint)).toContain(known);
    expect(authentication).toMatchObject({ type: 'selfSigned', x509Thumbprint: { primaryThumbprint: known } });
    expect(await json('enrollment', 'registrations', 'racing')).toHaveLength(1);
  });

  it('reads why it was turned away, and what to do, where the device itself learns little', async () => {
    await json('enrollment', 'add', 'lamp-1');
    const wrong = ['provision', 'device', 'lamp-1', '--key', Buffer.alloc(32).toString('base64')];
    const refused = await cli(...wrong);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/error: .*lamp-1.*\n {7}Compare the key/);

    const refusedOverMqtt = await cli(...wrong, '--transport', 'mqtt');
    expect([refusedOverMqtt.code, refusedOverMqtt.err]).toEqual([1, expect.stringContaining('Compare the key')]);

    const elsewhere = ['provision', 'device', 'lamp-1', '--key', 'a2V5', '--host', server.address];
    const scope = ['--id-scope', server.ready.provisioning.idScope, '--ca', server.caFile];
    expect((await run(elsewhere, new AbortController().signal)).code).toBe(2);
    expect((await run([...elsewhere, ...scope], new AbortController().signal)).code).toBe(1);
    expect((await cli('provision', 'device', 'nobody', '--key', 'a2V5')).code).not.toBe(0);

    const attempts = await json('provision', 'attempts', '--registration-id', 'LAMP-1');
    expect(attempts.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['refused', 'refused', 'refused']);
    expect(attempts[0]).toMatchObject({ credential: 'symmetricKey', transport: 'https', enrollment: { id: 'lamp-1' } });
    expect((await cli('provision', 'attempts', '--top', '1')).out).toMatch(
      /refused +nobody.*\((credential|enrollment)\.\w+\)$/m,
    );
  });

  it('is done by a whole simulated fleet before it speaks', async () => {
    await json('enrollment', 'add', 'sims', '--group');
    const fleet = ['simulate', '--devices', '60', '--provision-group', 'sims', '--prefix', 'psim-'];
    const { sent, acknowledged } = await json(...fleet, '--rate', '2', '--duration', '1', '--cleanup');
    expect(acknowledged).toBe(sent);
    expect(sent).toBeGreaterThan(60);
    expect(await json('enrollment', 'registrations', 'sims')).toHaveLength(60);
  });

  it('is seen by whoever follows the attempts', async () => {
    const stop = new AbortController();
    const seen = run(
      ['provision', 'attempts', '--follow', '--json', '--data', server.dataDirectory],
      stop.signal,
      (out) => {
        if (out.includes('"lamp-2"')) stop.abort();
      },
    );
    await cli('provision', 'device', 'lamp-2', '--key', 'a2V5');
    const { code, out } = await seen;
    expect(code).toBe(0);
    const ids = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });
});

describe('viaduct provision', () => {
  it('links hubs, tries and unlinks them', async () => {
    expect((await cli('provision', 'hubs', 'list')).out).toMatch(/this server +1 +yes/);
    const own = server.ready.hostName;
    expect(await json('provision', 'hubs', 'test', own)).toMatchObject({ hostName: own });
    const text = 'HostName=127.9.9.9;SharedAccessKeyName=iothubowner;SharedAccessKey=a2V5';
    const add = ['provision', 'hubs', 'add', '127.9.9.9', '--hub-connection-string', text];
    expect(await json(...add, '--weight', '3')).toMatchObject({ kind: 'remote', policyName: 'iothubowner' });
    await json('provision', 'hubs', 'add', '127.9.9.9', '--new-devices', 'no');
    const list = await cli('provision', 'hubs', 'list');
    expect(list.out).toMatch(/127\.9\.9\.9 +policy iothubowner +3 +no/);
    expect(list.out).not.toContain('a2V5');
    expect((await cli('provision', 'hubs', 'test', '127.9.9.9')).code).toBe(3);
    expect((await cli('provision', 'hubs', 'remove', own)).code).toBe(1);
    expect((await cli('provision', 'hubs', 'remove', '127.9.9.9')).code).toBe(0);
    expect((await cli('provision', 'hubs', 'remove', '127.9.9.9')).code).toBe(4);
  });

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
