import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findCertificatePath,
  type HubStore,
  listCertificates,
  openSqliteStore,
  removeCertificate,
  SessionDirectory,
} from '@viaduct/hub';
import { makeCertificateRequest, StillClock } from '@viaduct/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProvisioningStore, type ProvisioningStore } from '../../store/sqlite/open-provisioning-store.ts';
import { CertificateIssuer } from './certificate-issuer.ts';
import { createCredentialPolicy } from './credential-policy.ts';
import { trustAtHub } from './trust-at-hub.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2030, 0, 1);
const random = { bytes: (count: number) => randomBytes(count) };
const encryptionKey = randomBytes(32);
const sessions = new SessionDirectory();
let directory: string;
let clock: StillClock;
let hub: HubStore;
let store: ProvisioningStore;
let issuer: CertificateIssuer;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-issuer-'));
  clock = new StillClock(START);
  hub = await openSqliteStore({ file: join(directory, 'hub.sqlite'), encryptionKey });
  await open();
});
afterEach(async () => {
  await close();
  await hub.close();
  await rm(directory, { recursive: true, force: true });
});

async function open(): Promise<void> {
  store = await openProvisioningStore({ file: join(directory, 'p.sqlite'), encryptionKey, random });
  issuer = await CertificateIssuer.open(ports(), { authorities: store.authorityTable, hub: trustAtHub(hubPorts()) });
}

async function close(): Promise<void> {
  await issuer.close();
  await store.close();
}

const ports = () => ({ credentialPolicies: store.credentialPolicies, clock, random });
const hubPorts = () => ({ certificates: hub.certificates, registry: hub.registry, sessions, clock, random });
const names = async () => (await listCertificates(hub)).map(({ name }) => name);

async function issue(request: Partial<Parameters<CertificateIssuer['issue']>[0]> = {}) {
  const { csr } =
    request.csr === undefined ? await makeCertificateRequest({ commonName: 'pump' }) : { csr: request.csr };
  return issuer.issue({ policyName: 'default', commonName: 'pump', ...request, csr });
}

const leafOf = ({ chain }: { readonly chain: readonly string[] }) => parsed(chain[0]);
const parsed = (base64 = '') => new X509Certificate(Buffer.from(base64, 'base64'));

/** Whether the hub would let a device in with it, now. */
async function path(leaf: X509Certificate) {
  const authorities = (await listCertificates(hub)).map(({ name, isVerified, pem }) => ({
    ...{ name, isVerified },
    certificate: new X509Certificate(pem),
  }));
  return findCertificatePath({ leaf, intermediates: [], authorities, now: clock.now() }).authority.name;
}

describe('CertificateIssuer', () => {
  it('signs for a client and for nothing else, by its policy, whatever else the request wishes for', async () => {
    const { csr } = await makeCertificateRequest({ commonName: 'pump', wishes: true });
    const issued = await issue({ csr });
    const [leaf, issuing, root] = issued.chain.map(parsed);
    expect(leaf?.subject).toBe('CN=pump');
    expect(leaf?.ca).toBe(false);
    expect(leaf?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(leaf?.subjectAltName).toBeUndefined();
    expect([leaf?.validFrom, leaf?.validTo].map((date) => Date.parse(date ?? ''))).toEqual([
      START - 5 * 60_000,
      START + 30 * DAY_MS,
    ]);
    expect(issued).toMatchObject({
      thumbprint: leaf?.fingerprint256.replaceAll(':', ''),
      notAfter: START + 30 * DAY_MS,
    });
    for (const [below, above] of [
      [leaf, issuing],
      [issuing, root],
      [root, root],
    ] as const) {
      expect(above && below?.checkIssued(above) && below.verify(above.publicKey)).toBe(true);
    }
  });

  it('gives each certificate a serial number of its own', async () => {
    const serials = await Promise.all([issue(), issue()]);
    expect(new Set(serials.map((issued) => leafOf(issued).serialNumber)).size).toBe(2);
  });

  it('signs what the hub refuses once it has run out', async () => {
    const leaf = leafOf(await issue());
    clock.advance(30 * DAY_MS);
    expect(await path(leaf)).toBe('viaduct-issuing-ca');
    clock.advance(1_000);
    await expect(path(leaf)).rejects.toMatchObject({ code: 'credential.certificateExpired' });
  });

  it('makes it out to the longest of registration ids, too', async () => {
    const commonName = `p${'-'.repeat(126)}p`;
    const { csr } = await makeCertificateRequest({ commonName });
    const leaf = leafOf(await issue({ csr, commonName }));
    expect(leaf.toLegacyObject().subject.CN).toBe(commonName);
    expect(await path(leaf)).toBe('viaduct-issuing-ca');
  });

  it('makes it out to the device, when that has another id than it registers with', async () => {
    for (const commonName of ['pump', 'sn-1']) {
      const { csr } = await makeCertificateRequest({ commonName });
      expect(leafOf(await issue({ csr, deviceId: 'sn-1' })).subject).toBe('CN=sn-1');
    }
  });

  it('knows by which registration a device came, as long as its certificate holds', async () => {
    const { csr } = await makeCertificateRequest({ commonName: 'pump' });
    await issue({ csr, deviceId: 'sn-1' });
    expect(await issuer.registrationsOf('sn-1')).toEqual(['pump']);
    expect(await issuer.registrationsOf('pump')).toEqual([]);
    await issue({ csr, deviceId: 'sn-2' });
    expect(await issuer.registrationsOf('sn-1')).toEqual([]);
    clock.advance(31 * DAY_MS);
    expect(await issuer.registrationsOf('sn-2')).toEqual([]);
    await close();
    await open();
    clock.advance(-31 * DAY_MS);
    expect(await issuer.registrationsOf('sn-2')).toEqual([]);
  });

  it('refuses another name, in another case too, and a key that the policy does not take', async () => {
    for (const commonName of ['pumps', 'PUMP']) {
      const { csr } = await makeCertificateRequest({ commonName });
      await expect(issue({ csr })).rejects.toMatchObject({
        code: 'csr.invalid',
        message: `the common name of the certificate request is "${commonName}", not "pump"`,
      });
    }
    await createCredentialPolicy(ports(), 'rsa', { validityDays: 1, keyTypes: ['RSA-2048', 'RSA-3072'] });
    await expect(issue({ policyName: 'rsa' })).rejects.toMatchObject({
      code: 'csr.invalid',
      message: 'the key of the certificate request is EC-P256; the policy "rsa" takes RSA-2048, RSA-3072',
    });
    await expect(issue({ policyName: 'none' })).rejects.toMatchObject({ code: 'credentialPolicy.notFound' });
  });

  it('has no authority before the first certificate, and the same one after a restart', async () => {
    expect(await names()).toEqual([]);
    expect(await issuer.authorities()).toEqual([]);
    const [first, second] = await Promise.all([issue(), issue()]);
    expect(second.chain.slice(1)).toEqual(first.chain.slice(1));
    await close();
    await open();
    expect((await issue()).chain.slice(1)).toEqual(first.chain.slice(1));
    expect(await names()).toEqual(['viaduct-issuing-ca']);
    expect(await path(leafOf(first))).toBe('viaduct-issuing-ca');
  });

  it('keeps private keys sealed', async () => {
    await issue();
    const keys = (await store.authorityTable.list()).map(({ privateKey }) => Buffer.from(privateKey, 'base64'));
    expect(keys).toHaveLength(2);
    await store.close();
    const bytes = await readFile(join(directory, 'p.sqlite'));
    for (const key of keys) for (const form of [key, key.toString('base64')]) expect(bytes.includes(form)).toBe(false);
    await open();
  });

  it('is trusted again after an operator has deleted its authority: at the next certificate, and at the next start', async () => {
    const issued = await issue();
    await removeCertificate(hubPorts(), 'viaduct-issuing-ca');
    await issue();
    expect(await path(leafOf(issued))).toBe('viaduct-issuing-ca');
    await removeCertificate(hubPorts(), 'viaduct-issuing-ca');
    await close();
    await open();
    expect(await path(leafOf(issued))).toBe('viaduct-issuing-ca');
  });

  it('signs with a new authority in time, and trusts the old one until its last certificate ran out', async () => {
    await createCredentialPolicy(ports(), 'long', { validityDays: 3_650, keyTypes: ['EC-P256'] });
    clock.advance(DAY_MS);
    const first = await issue({ policyName: 'long' });
    clock.advance(5 * 365 * DAY_MS);
    const second = await issue({ policyName: 'long' });
    expect(second.chain[1]).not.toBe(first.chain[1]);
    expect(second.chain[2]).toBe(first.chain[2]);
    expect(await names()).toEqual(['viaduct-issuing-ca', expect.stringMatching(/^viaduct-issuing-ca-[0-9a-f]{8}$/)]);
    expect(
      (await issuer.authorities()).map(({ pem }) => parsed(pem.replace(/-----[^-]+-----/g, '')).raw.toString('base64')),
    ).toEqual([second.chain[1], first.chain[1]]);

    clock.advance(5 * 365 * DAY_MS - DAY_MS);
    await close();
    await open();
    expect(await path(leafOf(first))).toBe('viaduct-issuing-ca');
    clock.advance(3 * DAY_MS);
    await close();
    await open();
    expect(await names()).toEqual([await path(leafOf(second))]);
    expect(await issuer.authorities()).toHaveLength(1);
  });

  it('begins with a new root when the old one would end before what it signs', async () => {
    const first = await issue();
    clock.advance(16 * 365 * DAY_MS);
    const second = await issue();
    expect(second.chain[2]).not.toBe(first.chain[2]);
    expect(await path(leafOf(second))).toMatch(/^viaduct-issuing-ca/);
  });
});
