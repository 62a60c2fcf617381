import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { deviceConnectionString } from '@viaduct/contracts';
import { addCertificate, getDevice, signSas } from '@viaduct/hub';
import { deriveDeviceKey, registerDevice } from '@viaduct/provisioning';
import {
  deviceClient,
  type IssuedCertificate,
  issueCertificate,
  startTestServer,
  type TestServer,
  until,
} from '@viaduct/testkit';
import { ProvisioningServiceClient } from 'azure-iot-provisioning-service';
import type {
  BulkEnrollmentOperation,
  BulkEnrollmentOperationResult,
  EnrollmentGroup,
  IndividualEnrollment,
} from 'azure-iot-provisioning-service/dist/interfaces.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proves } from './sdk/operations.ts';

/** Enrolments with the unmodified service client, and what no client sends with raw requests. */
const OWNER = 'provisioningserviceowner';
/** An endorsement key as tpm2_createek writes it. */
const ENDORSEMENT_KEY =
  'AToAAQALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAgAAAAAAAEAnlRFv9gL5Hiz3N60kzfw5EmZe4P2xdq1eFB/KE/vNxsqQi3wxyIh2Lr2yXo/mzUskTrdJRGz0ip1N7eSqJLZoFNgPyfeM+g6/wP8/OvSsI7xANS6Ngpm+oK5La/bKDsBonXCnFaq/x9/tyMM3rK+ZCPwQA+Jj3B3midaEmrp030iNGhWdcMdTLtUgUFbYLh9iq95O3has96bc1+wo6iLoEvIXjsDBqoLpZ822B52bszeVovYu6d2p312QapU6YlODk+cQEIBKqdP29yf/NzKm7PmOtF2cXdEEgrkXg5EJNxwiAT3+QQ8h5F3+tDfEf9xmgnAsnQhciNKo3Aej2BDqQ==';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
const ETAG = expect.stringMatching(/^"[A-Za-z0-9+/=]+"$/);

let server: TestServer;
let client: ProvisioningServiceClient;
let leaf: IssuedCertificate;
let authority: IssuedCertificate;

beforeAll(async () => {
  server = await startTestServer();
  client = ProvisioningServiceClient.fromConnectionString(server.ready.provisioning.serviceConnectionString);
  leaf = await issueCertificate({ commonName: 'x-1' });
  authority = await issueCertificate({ commonName: 'Factory', ca: true });
  await addCertificate(server.hub, { name: 'factory', certificate: authority.pem, isVerified: true });
});
afterAll(() => server.stop());

/** What the client's types ask for is more than the service does. */
const one = (enrollment: object) => enrollment as IndividualEnrollment;
const group = (enrollment: object) => enrollment as EnrollmentGroup;
const symmetricKey = { attestation: { type: 'symmetricKey' } };
const refusal = (status: number) => ({ response: { statusCode: status } });

/** The promise that the client gives for a bulk operation never settles; with a callback it does. */
async function bulk(mode: string, ...enrollments: object[]): Promise<BulkEnrollmentOperationResult> {
  const operation = { mode, enrollments } as BulkEnrollmentOperation;
  const run = promisify((done: (error: Error | null, result?: BulkEnrollmentOperationResult) => void) =>
    client.runBulkEnrollmentOperation(operation, (error, result) => done(error ?? null, result)),
  );
  return (await run()) as BulkEnrollmentOperationResult;
}

/** A device with a key registers, as a gateway lets it. */
async function register(registrationId: string, key: string): Promise<void> {
  const { idScope } = await server.provisioning.settings.get();
  const resource = `${idScope}/registrations/${registrationId}`;
  const token = signSas(resource, key, Math.floor(Date.now() / 1_000) + 60, 'registration');
  const caller = {
    ...{ idScope, registrationId, credential: { token, certificate: undefined } },
    ...({ transport: 'https', remoteAddress: '127.0.0.1', reachedBy: null, apiVersion: '2021-10-01' } as const),
  };
  await registerDevice(server.provisioning, caller, {});
  await until(async () => (await server.provisioning.registrations.find(registrationId))?.status === 'assigned');
}

describe('azure-iot-provisioning-service · HTTPS · shared access policy', () => {
  it('creates, reads, updates and deletes an individual enrolment', async ({ task }) => {
    proves(task, 'individual_enrollment.create_or_update', 'individual_enrollment.get', 'individual_enrollment.delete');
    const created = (
      await client.createOrUpdateIndividualEnrollment(
        one({
          ...{ registrationId: 'one-1', deviceId: 'My-Device', ...symmetricKey, allocationPolicy: 'static' },
          ...{ iotHubs: [server.ready.hostName], capabilities: { iotEdge: true }, provisioningStatus: 'enabled' },
          initialTwin: { tags: { site: 2 }, properties: { desired: { interval: 5 } } },
          reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false },
          optionalDeviceInformation: { serial: 'A7' },
        }),
      )
    ).responseBody;
    expect(created).toEqual({
      ...{
        registrationId: 'one-1',
        deviceId: 'My-Device',
        allocationPolicy: 'static',
        capabilities: { iotEdge: true },
      },
      attestation: { type: 'symmetricKey', symmetricKey: {} },
      ...{ iotHubs: [server.ready.hostName], iotHubHostName: server.ready.hostName, provisioningStatus: 'enabled' },
      initialTwin: { tags: { site: 2 }, properties: { desired: { interval: 5 } } },
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false },
      optionalDeviceInformation: { serial: 'A7' },
      ...{ etag: ETAG, createdDateTimeUtc: TIME, lastUpdatedDateTimeUtc: TIME },
    });
    expect((await client.getIndividualEnrollment('ONE-1')).responseBody).toEqual(created);
    const again = one({ registrationId: 'one-1', ...symmetricKey });
    await expect(client.createOrUpdateIndividualEnrollment(again)).rejects.toMatchObject(refusal(409));

    const changed = { ...created, provisioningStatus: 'disabled' } as IndividualEnrollment;
    const updated = (await client.createOrUpdateIndividualEnrollment(changed)).responseBody;
    expect(updated).toMatchObject({ provisioningStatus: 'disabled', createdDateTimeUtc: created.createdDateTimeUtc });
    await expect(client.createOrUpdateIndividualEnrollment(created)).rejects.toMatchObject(refusal(412));
    await expect(client.deleteIndividualEnrollment(created)).rejects.toMatchObject(refusal(412));
    await client.deleteIndividualEnrollment(updated);
    await expect(client.getIndividualEnrollment('one-1')).rejects.toMatchObject(refusal(404));
    await expect(client.deleteIndividualEnrollment('one-1')).rejects.toMatchObject(refusal(404));
  });

  it('reads keys, and keeps them in an update that has none', async ({ task }) => {
    proves(task, 'individual_enrollment.get_attestation_mechanism', 'enrollment_group.get_attestation_mechanism');
    const enrollment = (
      await client.createOrUpdateIndividualEnrollment(one({ registrationId: 'key-1', ...symmetricKey }))
    ).responseBody;
    const mechanism = async () => (await client.getIndividualEnrollmentAttestationMechanism('key-1')).responseBody;
    const made = await mechanism();
    expect(Buffer.from(made.symmetricKey?.primaryKey ?? '', 'base64')).toHaveLength(32);
    await client.createOrUpdateIndividualEnrollment({ ...enrollment, provisioningStatus: 'disabled' });
    expect(await mechanism()).toEqual(made);

    const [primaryKey, secondaryKey] = [randomBytes(48).toString('base64'), randomBytes(16).toString('base64')];
    const attestation = { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey } };
    await client.createOrUpdateEnrollmentGroup(group({ enrollmentGroupId: 'key-g', attestation }));
    expect((await client.getEnrollmentGroupAttestationMechanism('key-g')).responseBody).toEqual(attestation);
  });

  it('enrols by certificate: one of a device, one of an authority, and an authority by its name', async () => {
    const certificates = { primary: { certificate: leaf.pem }, secondary: { certificate: authority.pem } };
    const individual = (
      await client.createOrUpdateIndividualEnrollment(
        one({ registrationId: 'x-1', attestation: { type: 'x509', x509: { clientCertificates: certificates } } }),
      )
    ).responseBody;
    const infoOf = ({ certificate }: IssuedCertificate) => ({
      info: {
        ...{ subjectName: certificate.subject, issuerName: certificate.issuer, version: 3 },
        sha1Thumbprint: certificate.fingerprint.replaceAll(':', ''),
        sha256Thumbprint: certificate.fingerprint256.replaceAll(':', ''),
        ...{ serialNumber: certificate.serialNumber, notBeforeUtc: TIME, notAfterUtc: TIME },
      },
    });
    expect(individual.attestation).toEqual({
      type: 'x509',
      x509: { clientCertificates: { primary: infoOf(leaf), secondary: infoOf(authority) } },
    });
    // As it was read, without the certificates.
    const updated = (await client.createOrUpdateIndividualEnrollment({ ...individual, provisioningStatus: 'disabled' }))
      .responseBody;
    expect(updated.attestation).toEqual(individual.attestation);

    const signing = { type: 'x509', x509: { signingCertificates: { primary: { certificate: authority.pem } } } };
    const byCertificate = await client.createOrUpdateEnrollmentGroup(
      group({ enrollmentGroupId: 'x-signing', attestation: signing }),
    );
    expect(byCertificate.responseBody.attestation.x509?.signingCertificates?.primary).toEqual(infoOf(authority));
    const reference = { type: 'x509', x509: { caReferences: { primary: 'factory' } } };
    const byName = await client.createOrUpdateEnrollmentGroup(
      group({ enrollmentGroupId: 'x-reference', attestation: reference }),
    );
    expect(byName.responseBody.attestation).toEqual(reference);
  });

  it('enrols a TPM by its endorsement key', async () => {
    const attestation = { type: 'tpm', tpm: { endorsementKey: ENDORSEMENT_KEY } };
    const { responseBody } = await client.createOrUpdateIndividualEnrollment(
      one({ registrationId: 'tpm-1', attestation }),
    );
    expect(responseBody.attestation).toEqual(attestation);
    const wrong = { type: 'tpm', tpm: { endorsementKey: 'AToAAQ==' } };
    await expect(
      client.createOrUpdateIndividualEnrollment(one({ registrationId: 'tpm-2', attestation: wrong })),
    ).rejects.toMatchObject({ responseBody: expect.stringContaining('"errorCode":400201') });
  });

  it('creates, reads, updates and deletes a group', async ({ task }) => {
    proves(task, 'enrollment_group.create_or_update', 'enrollment_group.get', 'enrollment_group.delete');
    const created = (
      await client.createOrUpdateEnrollmentGroup(group({ enrollmentGroupId: 'Group-1', ...symmetricKey }))
    ).responseBody;
    expect(created).toEqual({
      ...{ enrollmentGroupId: 'Group-1', attestation: { type: 'symmetricKey', symmetricKey: {} } },
      ...{ provisioningStatus: 'enabled', capabilities: { iotEdge: false } },
      initialTwin: { tags: {}, properties: { desired: {} } },
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
      ...{ etag: ETAG, createdDateTimeUtc: TIME, lastUpdatedDateTimeUtc: TIME },
    });
    expect((await client.getEnrollmentGroup('group-1')).responseBody).toEqual(created);
    const updated = (await client.createOrUpdateEnrollmentGroup({ ...created, provisioningStatus: 'disabled' }))
      .responseBody;
    await expect(client.createOrUpdateEnrollmentGroup(created)).rejects.toMatchObject(refusal(412));
    await client.deleteEnrollmentGroup('group-1', updated.etag ?? '');
    await expect(client.getEnrollmentGroup('group-1')).rejects.toMatchObject(refusal(404));
  });

  it('changes many at once, and tells what it refused', async ({ task }) => {
    proves(task, 'individual_enrollment.run_bulk_operation');
    const named = (registrationId: string, members: object = {}) => ({ registrationId, ...symmetricKey, ...members });
    expect(await bulk('create', named('b-1'), named('b-2'))).toEqual({ isSuccessful: true, errors: [] });
    expect(await bulk('create', named('b-1'), named('b-3', { iotHubs: ['elsewhere.example.net'] }))).toEqual({
      isSuccessful: false,
      errors: [
        { registrationId: 'b-1', errorCode: 409201, errorStatus: expect.stringContaining('already') },
        { registrationId: 'b-3', errorCode: 400004, errorStatus: expect.stringContaining('is not linked') },
      ],
    });
    const { etag } = (await client.getIndividualEnrollment('b-1')).responseBody;
    const stale = named('b-2', { etag });
    expect(
      await bulk('updateIfMatchETag', named('b-1', { etag, provisioningStatus: 'disabled' }), stale),
    ).toMatchObject({
      errors: [{ registrationId: 'b-2', errorCode: 412001 }],
    });
    expect((await client.getIndividualEnrollment('b-1')).responseBody.provisioningStatus).toBe('disabled');
    expect(await bulk('delete', named('b-1'), named('b-2'))).toMatchObject({ isSuccessful: true });
    await expect(bulk('create', ...Array.from({ length: 11 }, (_, i) => named(`b-${i}`)))).rejects.toMatchObject({
      responseBody: expect.stringContaining('"errorCode":400205'),
    });
  });

  it('asks for enrolments and groups, page by page', async ({ task }) => {
    proves(task, 'individual_enrollment.query', 'enrollment_group.query');
    const twin = { tags: { site: 'query' }, properties: { desired: {} } };
    for (const i of [1, 2, 3]) {
      await client.createOrUpdateIndividualEnrollment(
        one({ registrationId: `q-${i}`, ...symmetricKey, initialTwin: twin }),
      );
      await client.createOrUpdateEnrollmentGroup(
        group({ enrollmentGroupId: `q-${i}`, ...symmetricKey, initialTwin: twin }),
      );
    }
    const where = "WHERE initialTwin.tags.site = 'query'";
    const enrollments = client.createIndividualEnrollmentQuery({ query: `SELECT * FROM enrollments ${where}` }, 2);
    const groups = client.createEnrollmentGroupQuery({ query: `SELECT * FROM enrollmentGroups ${where}` }, 2);
    for (const [query, member] of [
      [enrollments, 'registrationId'],
      [groups, 'enrollmentGroupId'],
    ] as const) {
      const pages: string[][] = [];
      while (query.hasMoreResults) {
        // Without it, the client asks for the first page for ever.
        const { responseBody } = await query.next(query.continuationToken);
        pages.push((responseBody as unknown as Record<string, string>[]).map((item) => item[member] ?? ''));
      }
      expect(pages).toEqual([['q-1', 'q-2'], ['q-3']]);
    }
  });

  it('reads, lists and forgets how devices stand', async ({ task }) => {
    proves(
      task,
      'device_registration_state.get',
      'device_registration_state.query',
      'device_registration_state.delete',
    );
    const key = randomBytes(32).toString('base64');
    const attestation = { type: 'symmetricKey', symmetricKey: { primaryKey: key, secondaryKey: key } };
    await client.createOrUpdateIndividualEnrollment(one({ registrationId: 'state-1', attestation }));
    await register('state-1', key);
    const state = (await client.getDeviceRegistrationState('state-1')).responseBody;
    expect(state).toMatchObject({
      ...{ registrationId: 'state-1', deviceId: 'state-1', assignedHub: server.ready.hostName, status: 'assigned' },
      ...{ substatus: 'initialAssignment', errorCode: 0, createdDateTimeUtc: TIME, lastUpdatedDateTimeUtc: TIME },
    });
    const { responseBody } = await client.getIndividualEnrollment('state-1');
    expect(responseBody).toMatchObject({ registrationState: state });

    await client.createOrUpdateEnrollmentGroup(group({ enrollmentGroupId: 'state-g', attestation }));
    const query = client.createEnrollmentGroupDeviceRegistrationStateQuery({ query: '*' }, 'state-g');
    expect((await query.next()).responseBody).toEqual([]);

    await client.deleteDeviceRegistrationState(state);
    await expect(client.getDeviceRegistrationState('state-1')).rejects.toMatchObject(refusal(404));
    expect(await getDevice(server.hub, { deviceId: 'state-1' })).toMatchObject({ status: 'enabled' });
  });
});

describe('raw requests to provisioning', () => {
  it('finds its paths in any case, encoded as a whole, and with a slash at the end', async () => {
    await put('/enrollmentGroups/Raw-1', { ...symmetricKey });
    for (const path of [
      '/enrollmentgroups/raw-1?api-version=2021-10-01',
      '/EnrollmentGroups/RAW-1/',
      '/enrollmentGroups%2Fraw-1',
      '/ENROLLMENTGROUPS/Raw-1?api-version=2019-03-31',
    ]) {
      expect(await ask('GET', path)).toMatchObject({ status: 200, json: { enrollmentGroupId: 'Raw-1' } });
    }
    const mechanism = await ask('POST', '/enrollmentgroups/Raw-1/AttestationMechanism/');
    expect(mechanism.json).toMatchObject({ type: 'symmetricKey', symmetricKey: { primaryKey: expect.any(String) } });
  });

  it('takes If-Match with quotation marks and without', async () => {
    const { json } = await put('/enrollments/raw-2', symmetricKey);
    const bare = String(json.etag).replaceAll('"', '');
    const { json: second, headers } = await put('/enrollments/raw-2', symmetricKey, { 'if-match': bare });
    expect(headers.get('etag')).toBe(second.etag);
    expect(await put('/enrollments/raw-2', symmetricKey, { 'if-match': `"${bare}"` })).toMatchObject({ status: 412 });
    expect(await put('/enrollments/raw-2', symmetricKey, { 'if-match': '*' })).toMatchObject({ status: 200 });
  });

  it('words refusals as the service does, with the number as a header too', async () => {
    const missing = await ask('GET', '/enrollments/nobody');
    expect(missing).toMatchObject({
      ...{ status: 404, json: { errorCode: 404201, message: expect.stringContaining('"nobody"'), timestampUtc: TIME } },
    });
    expect(missing.json.trackingId).toBe(missing.headers.get('x-ms-request-id'));
    expect(missing.headers.get('x-ms-error-code')).toBe('404201');
    const hubPolicy = await ask('GET', '/enrollments/nobody', undefined, {}, 'iothubowner');
    expect(hubPolicy).toMatchObject({ status: 401, json: { errorCode: 401002 } });
    expect(await put('/enrollments/raw-3', { attestation: { type: 'none' } })).toMatchObject({
      ...{
        status: 400,
        json: { errorCode: 400004, message: expect.stringMatching(/^attestation.type may not be none/) },
      },
    });
    for (const path of ['/enrollments/a%zz', '/0ne00AB12CD/registrations/a%zz']) {
      const broken = await ask('GET', path);
      expect(broken).toMatchObject({ status: 400, json: { errorCode: 400004, trackingId: expect.any(String) } });
      expect(broken.headers.get('x-ms-error-code')).toBe('400004');
    }
    expect(await ask('POST', '/enrollments/raw-3/elsewhere')).toMatchObject({
      status: 404,
      json: { errorCode: 404000 },
    });
  });

  it('changes many groups at once', async ({ task }) => {
    proves(task, 'enrollment_group.run_bulk_operation');
    const operation = (mode: string) => ({
      mode,
      enrollmentGroups: ['bulk-1', 'bulk-2'].map((enrollmentGroupId) => ({ enrollmentGroupId, ...symmetricKey })),
    });
    const created = await ask('POST', '/enrollmentGroups', operation('create'));
    expect(created).toMatchObject({ status: 200, json: { isSuccessful: true, errors: [] } });
    const again = await ask('POST', '/enrollmentGroups', operation('create'));
    expect(again.json.errors).toMatchObject([
      { enrollmentGroupId: 'bulk-1', errorCode: 409202 },
      { enrollmentGroupId: 'bulk-2', errorCode: 409202 },
    ]);
    expect(await ask('POST', '/enrollmentGroups', operation('delete'))).toMatchObject({ json: { isSuccessful: true } });
  });

  it('disables and deletes, at once, the devices that came by an enrolment', async () => {
    const key = randomBytes(32).toString('base64');
    const attestation = { type: 'symmetricKey', symmetricKey: { primaryKey: key, secondaryKey: key } };
    await put('/enrollmentGroups/fleet', { attestation });
    const ids = ['fleet-1', 'fleet-2'];
    for (const id of ids) await register(id, deriveDeviceKey(key, id));
    const first = await deviceClient(
      deviceConnectionString(server.ready.hostName, 'fleet-1', deriveDeviceKey(key, 'fleet-1')),
      server.caFile,
    );
    await first.open();
    const session = server.hub.sessions.find({ deviceId: 'fleet-1' });
    expect(session).toBeDefined();

    const document = { attestation: { type: 'symmetricKey' }, provisioningStatus: 'disabled' };
    const disabled = await put('/enrollmentGroups/fleet?devices=disable', document, { 'if-match': '*' });
    expect(disabled.json).toMatchObject({
      provisioningStatus: 'disabled',
      devices: { changed: 2, failed: 0, errors: [] },
    });
    expect(server.hub.sessions.find({ deviceId: 'fleet-1' })).toBeUndefined();
    await first.close();
    for (const deviceId of ids) {
      expect(await getDevice(server.hub, { deviceId })).toMatchObject({
        ...{ status: 'disabled', statusReason: 'disabled with its enrolment fleet' },
      });
    }
    expect((await ask('POST', '/registrations/fleet/query')).json).toMatchObject(
      ids.map((registrationId) => ({ registrationId, symmetricKey: { enrollmentGroupId: 'fleet' } })),
    );
    expect(await ask('DELETE', '/enrollmentGroups/fleet?devices=enable')).toMatchObject({ status: 400 });
    const deleted = await ask('DELETE', '/enrollmentGroups/fleet?devices=delete');
    expect(deleted).toMatchObject({ status: 200, json: { devices: { changed: 2, failed: 0, errors: [] } } });
    for (const deviceId of ids) {
      await expect(getDevice(server.hub, { deviceId })).rejects.toMatchObject({ code: 'device.notFound' });
      expect(await server.provisioning.registrations.find(deviceId)).toBeUndefined();
    }
    expect(await ask('GET', '/enrollmentGroups/fleet')).toMatchObject({ status: 404, json: { errorCode: 404204 } });
  });
});

function put(path: string, document: object, headers: Readonly<Record<string, string>> = {}) {
  return ask('PUT', path, document, headers);
}

/** A request as a policy. */
async function ask(
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
  policy = OWNER,
) {
  const { hostName } = server.ready;
  const key = (await server.hub.policies.find(policy))?.primaryKey ?? '';
  const authorization = signSas(hostName, key, Math.floor(Date.now() / 1_000) + 60, policy);
  const answer = await fetch(`https://${hostName}${path}`, {
    ...{ method, headers: { authorization, ...headers } },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: whatever the service says, for assertions.
  const json: any = text === '' ? undefined : JSON.parse(text);
  return { status: answer.status, headers: answer.headers, json };
}
