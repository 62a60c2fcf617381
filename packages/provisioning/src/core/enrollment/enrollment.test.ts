import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { CaCertificateRecord, JsonObject } from '@viaduct/hub';
import { type IssuedCertificate, issueCertificate, StillClock } from '@viaduct/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openProvisioningStore, type ProvisioningStore } from '../../store/sqlite/open-provisioning-store.ts';
import type { EnrollmentRecord, HubClient, LinkedHubRecord, RegistrationRecord } from '../ports.ts';
import { bulkEnrollments } from './bulk-enrollments.ts';
import { removeWithDevices } from './change-with-devices.ts';
import { attestationDocument, enrollmentDocument } from './enrollment-document.ts';
import { getEnrollment } from './get-enrollment.ts';
import { type ChangesEnrollments, putEnrollment } from './put-enrollment.ts';
import { queryEnrollments } from './query-enrollments.ts';
import { removeEnrollment } from './remove-enrollment.ts';

const KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(64).toString('base64');
/** An endorsement key as tpm2_createek writes it. */
const ENDORSEMENT_KEY =
  'AToAAQALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAgAAAAAAAEAnlRFv9gL5Hiz3N60kzfw5EmZe4P2xdq1eFB/KE/vNxsqQi3wxyIh2Lr2yXo/mzUskTrdJRGz0ip1N7eSqJLZoFNgPyfeM+g6/wP8/OvSsI7xANS6Ngpm+oK5La/bKDsBonXCnFaq/x9/tyMM3rK+ZCPwQA+Jj3B3midaEmrp030iNGhWdcMdTLtUgUFbYLh9iq95O3has96bc1+wo6iLoEvIXjsDBqoLpZ822B52bszeVovYu6d2p312QapU6YlODk+cQEIBKqdP29yf/NzKm7PmOtF2cXdEEgrkXg5EJNxwiAT3+QQ8h5F3+tDfEf9xmgnAsnQhciNKo3Aej2BDqQ==';
const random = { bytes: (count: number) => randomBytes(count) };
const HUBS = ['a.example.net', 'b.example.net'];

let directory: string;
let store: ProvisioningStore;
let provisioning: ChangesEnrollments;
let leaf: IssuedCertificate;
let authority: IssuedCertificate;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-enrollment-'));
  [leaf, authority] = await Promise.all([
    issueCertificate({ commonName: 'dev-1' }),
    issueCertificate({ commonName: 'Factory', ca: true }),
  ]);
});
beforeEach(async () => {
  const file = join(directory, `${randomBytes(4).toString('hex')}.sqlite`);
  store = await openProvisioningStore({ file, encryptionKey: randomBytes(32), random });
  const authorities = [
    { name: 'Factory', isVerified: true },
    { name: 'fresh', isVerified: false },
  ];
  provisioning = {
    ...{ random, clock: new StillClock(Date.UTC(2030, 0, 1)) },
    ...{ enrollments: store.enrollments, credentialPolicies: store.credentialPolicies },
    // What an enrolment may name lies elsewhere; only whether it is there matters here.
    linkedHubs: {
      find: async (name: string) => HUBS.map(linkedHub).find(({ hostName }) => hostName === name),
      list: async () => HUBS.map(linkedHub),
    },
    certificates: {
      find: async (name: string) => authorities.find((each) => each.name === name) as CaCertificateRecord | undefined,
    },
  };
});
afterEach(() => store.close());
afterAll(() => rm(directory, { recursive: true, force: true }));

const linkedHub = (hostName: string) => ({ hostName }) as LinkedHubRecord;
const symmetric = { attestation: { type: 'symmetricKey' } };
const put = (id: string, document: JsonObject, ifMatch?: string) =>
  putEnrollment(provisioning, 'individual', id, document, ifMatch);
const putGroup = (id: string, document: JsonObject, ifMatch?: string) =>
  putEnrollment(provisioning, 'group', id, document, ifMatch);
const x509 = (member: string, primary: string, secondary?: string) => ({
  attestation: {
    type: 'x509',
    x509: {
      [member]: { primary: { certificate: primary }, ...(secondary && { secondary: { certificate: secondary } }) },
    },
  },
});

describe('putEnrollment', () => {
  it('makes keys where none are given, and keeps those that are', async () => {
    const made = await put('dev-1', symmetric);
    expect(keysOf(made).map((key) => Buffer.from(key, 'base64').length)).toEqual([32, 32]);
    const given = { type: 'symmetricKey', symmetricKey: { primaryKey: KEY, secondaryKey: OTHER_KEY } };
    expect(keysOf(await put('dev-2', { attestation: given }))).toEqual([KEY, OTHER_KEY]);
  });

  it('has everything else as Azure has it when nothing is said', async () => {
    expect(await put('dev-1', symmetric)).toMatchObject({
      ...{ kind: 'individual', id: 'dev-1', status: 'enabled', deviceId: null, capabilities: { iotEdge: false } },
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
      ...{ allocationPolicy: null, iotHubs: [], customAllocation: null, initialTwin: { tags: {}, desired: {} } },
    });
  });

  it('refuses to create what exists in any case, and to change what does not or has another etag', async () => {
    const made = await put('dev-1', symmetric);
    await expect(put('DEV-1', symmetric)).rejects.toMatchObject({ code: 'enrollment.exists' });
    await expect(put('dev-1', symmetric, 'other')).rejects.toMatchObject({ code: 'etag.mismatch' });
    await expect(put('dev-2', symmetric, '*')).rejects.toMatchObject({ code: 'enrollment.notFound' });
    await expect(putGroup('dev-1', symmetric, '*')).rejects.toMatchObject({ code: 'enrollmentGroup.notFound' });
    await putGroup('dev-1', symmetric);
    await expect(putGroup('dev-1', symmetric)).rejects.toMatchObject({ code: 'enrollmentGroup.exists' });
    const changed = await put('Dev-1', { ...symmetric, provisioningStatus: 'disabled' }, made.etag);
    expect(changed).toMatchObject({ id: 'dev-1', status: 'disabled', createdTime: made.createdTime });
  });

  it('keeps keys and certificates that a document does not have because answers do not tell them', async () => {
    const before = await put('dev-1', symmetric);
    const after = await put('dev-1', { ...enrollmentDocument(before), provisioningStatus: 'disabled' }, '*');
    expect(after).toMatchObject({ status: 'disabled', attestation: before.attestation });
    const empty = { type: 'symmetricKey', symmetricKey: { primaryKey: '', secondaryKey: null } };
    const renewed = keysOf(await put('dev-1', { attestation: empty }, '*'));
    expect(renewed.map((key, i) => key === keysOf(before)[i])).toEqual([false, true]);

    const known = await put('dev-2', x509('clientCertificates', leaf.pem, authority.pem));
    const { attestation } = enrollmentDocument(known) as { attestation: { x509: { clientCertificates: Pair } } };
    const { primary, secondary } = attestation.x509.clientCertificates;
    const swapped = { type: 'x509', x509: { clientCertificates: { primary: secondary, secondary: primary } } };
    expect((await put('dev-2', { attestation: swapped }, '*')).attestation).toMatchObject({
      ...{ primary: authority.certificate.toString(), secondary: leaf.certificate.toString() },
    });
    const unknown = { primary: { info: { sha256Thumbprint: 'AB'.repeat(32) } } };
    await expect(
      put('dev-2', { attestation: { type: 'x509', x509: { clientCertificates: unknown } } }, '*'),
    ).rejects.toMatchObject({ code: 'enrollment.invalid', message: /^attestation\.x509\.clientCertificates\.primary/ });
  });

  it('takes certificates as PEM, as PEM in one line, and as base64 of PEM or DER', async () => {
    const oneLine = leaf.pem
      .replace(/\s+(?=[^-])/g, '')
      .replace(/\n/g, '')
      .replace(/(BEGIN|END)CERT/g, '$1 CERT');
    const forms = [
      leaf.pem,
      oneLine,
      Buffer.from(leaf.pem).toString('base64'),
      leaf.certificate.raw.toString('base64'),
    ];
    expect(oneLine).toMatch(/^-----BEGIN CERTIFICATE-----MII[^\n]+=*-----END CERTIFICATE-----$/);
    for (const [i, form] of forms.entries()) {
      const { attestation } = await put(`dev-${i}`, x509('clientCertificates', form));
      expect(attestation).toEqual({
        ...{ kind: 'clientCertificates', primary: leaf.certificate.toString(), secondary: null },
      });
    }
  });

  it('takes what groups and TPMs prove', async () => {
    const signing = await putGroup('g-1', x509('signingCertificates', authority.pem));
    expect(signing.attestation).toMatchObject({ kind: 'signingCertificates' });
    const references = { type: 'x509', x509: { caReferences: { primary: 'Factory' } } };
    expect((await putGroup('g-2', { attestation: references })).attestation).toEqual({
      ...{ kind: 'caReferences', primary: 'Factory', secondary: null },
    });
    const tpm = { type: 'tpm', tpm: { endorsementKey: ENDORSEMENT_KEY } };
    expect((await put('t-1', { attestation: tpm })).attestation).toEqual({
      ...{ kind: 'tpm', endorsementKey: ENDORSEMENT_KEY, storageRootKey: null },
    });
  });

  it('lets that of the two members for hubs count which was changed', async () => {
    const made = await put('dev-1', { ...symmetric, iotHubHostName: 'A.example.net', allocationPolicy: 'static' });
    expect(made.iotHubs).toEqual(['a.example.net']);
    const read = enrollmentDocument(made);
    expect(read).toMatchObject({ iotHubHostName: 'a.example.net', iotHubs: ['a.example.net'] });
    expect((await put('dev-1', { ...read, iotHubs: ['b.example.net'] }, '*')).iotHubs).toEqual(['b.example.net']);
    const again = enrollmentDocument(await getEnrollment(provisioning, 'individual', 'dev-1'));
    expect((await put('dev-1', { ...again, iotHubHostName: 'a.example.net' }, '*')).iotHubs).toEqual(['a.example.net']);
  });

  it.each<[JsonObject, RegExp]>([
    [{}, /^attestation is missing/],
    [{ attestation: { type: 'none' } }, /^attestation.type may not be none/],
    [{ attestation: { type: 'password' } }, /^attestation.type is one of symmetricKey, x509, tpm, none/],
    [{ ...symmetric, registrationId: 'other' }, /^registrationId is "other", and the path says "dev-1"/],
    [{ attestation: key('c2hvcnQ=') }, /^attestation.symmetricKey.primaryKey is base64 of 16 to 64 bytes/],
    [{ attestation: key('not base64, but long enough') }, /^attestation.symmetricKey.primaryKey is base64/],
    [x509('clientCertificates', 'nonsense'), /^attestation.x509.clientCertificates.primary.certificate is refused/],
    [x509('signingCertificates', 'any'), /^attestation.x509.signingCertificates is not for one device/],
    [{ attestation: { type: 'x509', x509: {} } }, /^attestation.x509 has one of clientCertificates/],
    [{ attestation: { type: 'tpm' } }, /^attestation.tpm.endorsementKey is missing/],
    [{ ...symmetric, provisioningStatus: 'paused' }, /^provisioningStatus is one of enabled, disabled/],
    [{ ...symmetric, deviceId: 'a/b' }, /^deviceId is refused: "a\/b" is not a valid device id/],
    [{ ...symmetric, capabilities: { iotEdge: 'yes' } }, /^capabilities.iotEdge is true or false/],
    [{ ...symmetric, initialTwin: { tags: { 'a.b': 1 } } }, /^initialTwin.tags is refused: tags has the key "a.b"/],
    [{ ...symmetric, initialTwin: { properties: { desired: [] } } }, /^initialTwin.properties.desired is an object/],
    [
      { ...symmetric, initialTwin: { properties: { desired: deep(11) } } },
      /^initialTwin.properties.desired is refused/,
    ],
    [{ ...symmetric, initialTwin: { tags: big(3) } }, /^initialTwin.tags is refused: tags would have/],
    [{ ...symmetric, iotHubs: ['c.example.net'] }, /^iotHubs names "c.example.net", which is not linked; linked are a/],
    [{ ...symmetric, iotHubs: [1] }, /^iotHubs is a list of texts/],
    [{ ...symmetric, allocationPolicy: 'static' }, /^iotHubs names 0 hubs: a static allocation needs the one/],
    [{ ...symmetric, allocationPolicy: 'static', iotHubs: HUBS }, /^iotHubs names 2 hubs/],
    [{ ...symmetric, allocationPolicy: 'custom' }, /^customAllocationDefinition is missing/],
    [{ ...symmetric, ...webhook('ftp://x') }, /^customAllocationDefinition.webhookUrl must be https:/],
    [{ ...symmetric, ...webhook('https://u:p@x') }, /^customAllocationDefinition.webhookUrl must hold no user name/],
    [
      { ...symmetric, ...webhook('http://169.254.169.254/') },
      /^customAllocationDefinition.webhookUrl must not be link-/,
    ],
    [{ ...symmetric, credentialPolicyName: 'none' }, /^credentialPolicyName is "none", and there is no such/],
  ])('refuses %j, naming the member', async (document, message) => {
    await expect(put('dev-1', document)).rejects.toMatchObject({
      code: 'enrollment.invalid',
      message: expect.stringMatching(message),
    });
    expect(await store.enrollments.count('individual')).toBe(0);
  });

  it('refuses groups what is for one device, signers that are no authority, and authorities that are unknown or unverified', async () => {
    const refusal = (document: JsonObject) => putGroup('g', document).then(String, (error: Error) => error.message);
    expect(await refusal(x509('clientCertificates', leaf.pem))).toMatch(/clientCertificates is not for a group/);
    expect(await refusal({ attestation: { type: 'tpm', tpm: {} } })).toMatch(/^attestation.type may not be tpm/);
    expect(await refusal(x509('signingCertificates', leaf.pem))).toMatch(/primary.certificate is not one of an auth/);
    const references = (primary: string) => ({ attestation: { type: 'x509', x509: { caReferences: { primary } } } });
    expect(await refusal(references('nobody'))).toMatch(/"nobody", and no certificate authority is registered/);
    expect(await refusal(references('fresh'))).toMatch(/"fresh", an authority that is not verified yet/);
    const tpm = { attestation: { type: 'tpm', tpm: { endorsementKey: 'AToAAQ==' } } };
    await expect(put('t-1', tpm)).rejects.toMatchObject({ code: 'tpm.endorsementKeyInvalid' });
  });

  it('refuses ids that are none', async () => {
    for (const id of ['', '-a', 'a/b', 'ä', 'a'.repeat(LIMITS.ID_CHARACTERS_MAX + 1)]) {
      await expect(put(id, symmetric)).rejects.toMatchObject({ code: 'registration.idInvalid' });
    }
  });
});

describe('enrollmentDocument', () => {
  it('tells of certificates the facts, of keys nothing, and quotes its etag', async () => {
    const made = await put('dev-1', { ...x509('clientCertificates', leaf.pem), deviceId: 'My-Device' });
    const document = enrollmentDocument(made);
    expect(document).toMatchObject({ registrationId: 'dev-1', deviceId: 'My-Device', etag: `"${made.etag}"` });
    const { info } = ((document.attestation as JsonObject).x509 as { clientCertificates: Pair }).clientCertificates
      .primary;
    expect(info).toMatchObject({
      ...{ subjectName: 'CN=dev-1', issuerName: 'CN=dev-1', version: 3, serialNumber: leaf.certificate.serialNumber },
      sha256Thumbprint: leaf.certificate.fingerprint256.replaceAll(':', ''),
    });
    expect(JSON.stringify(document)).not.toContain('BEGIN');
    const symmetricOne = await put('dev-2', symmetric);
    expect(enrollmentDocument(symmetricOne).attestation).toEqual({ type: 'symmetricKey', symmetricKey: {} });
    const [primaryKey, secondaryKey] = keysOf(symmetricOne);
    expect(attestationDocument(symmetricOne.attestation, 'withKeys')).toEqual({
      ...{ type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey } },
    });
  });
});

describe('removeEnrollment', () => {
  it('removes what is there and has the etag', async () => {
    const { etag } = await put('dev-1', symmetric);
    const remove = (id: string, ifMatch?: string) => removeEnrollment(provisioning, 'individual', id, ifMatch);
    await expect(remove('dev-1', 'other')).rejects.toMatchObject({ code: 'etag.mismatch' });
    await remove('DEV-1', etag);
    await expect(remove('dev-1', '*')).rejects.toMatchObject({ code: 'enrollment.notFound' });
    await expect(removeEnrollment(provisioning, 'group', 'g')).rejects.toMatchObject({
      code: 'enrollmentGroup.notFound',
    });
  });
});

describe('removeWithDevices', () => {
  const registration = (registrationId: string, hubName: string) =>
    ({
      ...{ registrationId, enrollmentKind: 'group', enrollmentId: 'fleet', status: 'assigned', substatus: null },
      ...{ operationId: 'o', pending: null, hubName, assignedHub: hubName, deviceId: registrationId, touched: [] },
      ...{ refusal: null, certificate: null, signer: null, issuedCertificateChain: null, tpmAuthenticationKey: null },
      ...{ createdTime: 1, updatedTime: 1, etag: 'e' },
    }) satisfies RegistrationRecord;

  it('goes on, when it is asked again, where a crash ended it', async () => {
    await putGroup('fleet', symmetric);
    for (const id of ['d-1', 'd-2', 'd-3']) await store.registrations.save(registration(id, HUBS[0] ?? ''), undefined);
    const removed: string[] = [];
    let crashesAt: string | undefined = 'd-2';
    const remove = async (deviceId: string) => {
      if (deviceId === crashesAt) throw new TypeError('the process ends here');
      removed.push(deviceId);
    };
    const whole = {
      ...{ ...provisioning, registrations: store.registrations },
      hubClient: () => ({ remove }) as unknown as HubClient,
    };
    const ask = () => removeWithDevices(whole, 'group', 'FLEET', { action: 'delete' });
    await expect(ask()).rejects.toThrow('the process ends here');
    expect(await getEnrollment(provisioning, 'group', 'fleet')).toMatchObject({ status: 'disabled' });
    expect(await store.registrations.find('d-2')).toBeDefined();
    crashesAt = undefined;
    expect(await ask()).toMatchObject({ failed: 0 });
    expect([...new Set(removed)].sort()).toEqual(['d-1', 'd-2', 'd-3']);
    expect(await store.enrollments.find('group', 'fleet')).toBeUndefined();
    expect(await store.registrations.find('d-2')).toBeUndefined();
  });

  it('tells of devices whose hub refused or is not linked any more, and keeps what is known of them', async () => {
    await putGroup('fleet', symmetric);
    await store.registrations.save(registration('d-1', HUBS[0] ?? ''), undefined);
    await store.registrations.save(registration('d-2', 'gone.example.net'), undefined);
    const refuse = async () => {
      throw new HubError('linkedHub.unreachable', 'it does not answer');
    };
    const whole = {
      ...{ ...provisioning, registrations: store.registrations },
      hubClient: () => ({ remove: refuse }) as unknown as HubClient,
    };
    const { changed, failed, refused } = await removeWithDevices(whole, 'group', 'fleet', { action: 'delete' });
    expect({ changed, failed }).toEqual({ changed: 0, failed: 2 });
    expect(refused.map(({ deviceId, error }) => [deviceId, error.code]).sort()).toEqual([
      ['d-1', 'linkedHub.unreachable'],
      ['d-2', 'linkedHub.notFound'],
    ]);
    expect(await store.registrations.find('d-1')).toBeDefined();
  });
});

describe('bulkEnrollments', () => {
  const bulk = (mode: string, ...enrollments: JsonObject[]) =>
    bulkEnrollments(provisioning, 'individual', { mode, enrollments });
  const named = (registrationId: string, members: JsonObject = {}) => ({ registrationId, ...symmetric, ...members });

  it('does what it can and tells the rest', async () => {
    await put('dev-1', symmetric);
    const { refused, changed } = await bulk(
      'create',
      named('dev-1'),
      named('dev-2'),
      named('dev-3', { iotHubs: ['x'] }),
    );
    expect(changed).toEqual(['dev-2']);
    expect(refused.map(({ id, error }) => [id, error.code])).toEqual([
      ['dev-1', 'enrollment.exists'],
      ['dev-3', 'enrollment.invalid'],
    ]);
  });

  it('overwrites, compares etags, and removes', async () => {
    const { etag } = await put('dev-1', symmetric);
    const update = await bulk(
      'updateIfMatchETag',
      named('dev-1', { etag: `"${etag}"`, deviceId: 'a' }),
      named('dev-2'),
    );
    expect(update).toMatchObject({
      changed: ['dev-1'],
      refused: [{ id: 'dev-2', error: { code: 'enrollment.invalid' } }],
    });
    const stale = await bulk('updateIfMatchETag', named('dev-1', { etag }));
    expect(stale).toMatchObject({ changed: [], refused: [{ error: { code: 'etag.mismatch' } }] });
    expect(await bulk('update', named('dev-1', { deviceId: 'b' }))).toEqual({ changed: ['dev-1'], refused: [] });
    const removed = await bulk('delete', named('dev-1'), named('dev-1b'));
    expect(removed).toMatchObject({ changed: ['dev-1'], refused: [{ error: { code: 'enrollment.notFound' } }] });
  });

  it('refuses as a whole what is too much, twice the same, or no operation', async () => {
    const many = Array.from({ length: LIMITS.ENROLLMENTS_BULK_MAX + 1 }, (_, i) => named(`dev-${i}`));
    await expect(bulk('create', ...many)).rejects.toMatchObject({ code: 'enrollment.tooMany' });
    await expect(bulk('create', named('a'), named('A'))).rejects.toMatchObject({ code: 'enrollment.duplicate' });
    for (const attempt of [bulk('upsert', named('a')), bulk('create'), bulk('create', symmetric)]) {
      await expect(attempt).rejects.toMatchObject({ code: 'enrollment.invalid' });
    }
    expect(await store.enrollments.count('individual')).toBe(0);
  });
});

describe('queryEnrollments', () => {
  const query = (text: string, limit = 100, after?: string) =>
    queryEnrollments(provisioning, 'individual', text, { limit, after });
  const idsOf = async (text: string) => (await query(text)).items.map(({ id }) => id);

  it('goes through all of them page by page, in order of id', async () => {
    for (const id of ['c', 'A', 'b']) await put(id, symmetric);
    const first = await query('select * from enrollments', 2);
    expect(first).toMatchObject({ items: [{ id: 'A' }, { id: 'b' }], next: 'b' });
    // Azure's command line names no source, and a C# sample for groups the other one.
    expect(await query('SELECT *', 2)).toEqual(first);
    expect(await query('SELECT * FROM enrollmentGroups', 2)).toEqual(first);
    expect(await query('SELECT * FROM enrollments;', 2, 'b')).toMatchObject({ items: [{ id: 'c' }], next: null });
  });

  it('looks at the document as it is answered', async () => {
    await put('a', { ...symmetric, provisioningStatus: 'disabled' });
    await put('b', { ...x509('clientCertificates', leaf.pem), initialTwin: { tags: { floor: 3 } } });
    expect(await idsOf("SELECT * FROM enrollments WHERE ProvisioningStatus = 'disabled'")).toEqual(['a']);
    expect(await idsOf("SELECT * FROM enrollments WHERE attestation.type = 'x509'")).toEqual(['b']);
    expect(await idsOf('SELECT * FROM enrollments WHERE initialTwin.tags.floor > 2')).toEqual(['b']);
    expect(await idsOf("SELECT * FROM enrollments WHERE registrationId IN ['a', 'b']")).toEqual(['a', 'b']);
  });

  it('says what it does not understand', async () => {
    const why = (text: string) => query(text).then(String, (error: Error) => error.message);
    expect(await why('SELECT * FROM devices')).toBe('the query has the form SELECT * FROM enrollments [WHERE …]');
    expect(await why('SELECT id FROM enrollments')).toMatch(/has the form/);
    expect(await why("SELECT * FROM enrollments WHERE status = 'x'")).toMatch(/there is no field "status", only regis/);
    expect(await why('SELECT * FROM enrollments WHERE deviceId =')).toMatch(/cannot be understood at its end/);
  });
});

interface Pair {
  readonly primary: { readonly info: JsonObject };
  readonly secondary: JsonObject;
}

function keysOf({ attestation }: EnrollmentRecord): string[] {
  return attestation.kind === 'symmetricKey' ? [attestation.primaryKey, attestation.secondaryKey] : [];
}

function key(primaryKey: string): JsonObject {
  return { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey: KEY } };
}

function webhook(webhookUrl: string): JsonObject {
  return { allocationPolicy: 'custom', customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' } };
}

function deep(levels: number): JsonObject {
  return levels === 0 ? {} : { a: deep(levels - 1) };
}

function big(texts: number): JsonObject {
  return Object.fromEntries(Array.from({ length: texts }, (_, i) => [`t${i}`, 'x'.repeat(4_000)]));
}
