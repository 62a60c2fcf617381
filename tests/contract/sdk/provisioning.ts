import { randomBytes, randomUUID } from 'node:crypto';
import type { Attestation, EnrollmentKind, EnrollmentRecord } from '@viaduct/provisioning';
import type { IssuedCertificate, TestServer } from '@viaduct/testkit';
import { ProvisioningDeviceClient } from 'azure-iot-provisioning-device';
import { Amqp, AmqpWs } from 'azure-iot-provisioning-device-amqp';
import { Http } from 'azure-iot-provisioning-device-http';
import { Mqtt, MqttWs } from 'azure-iot-provisioning-device-mqtt';
import { SymmetricKeySecurityClient } from 'azure-iot-security-symmetric-key';
import { X509Security } from 'azure-iot-security-x509';
import { TRANSPORTS, type TransportName } from './transports.ts';

type Transport = Parameters<typeof ProvisioningDeviceClient.create>[2];

/** How a refusal reaches the caller of the provisioning client. */
type Telling = 'answer' | 'connack' | 'rejection';

interface ProvisioningTransport {
  readonly make: () => Transport;
  /** Where a token, or a certificate, that is not taken is told. */
  readonly tells: { readonly token: Telling; readonly certificate: Telling };
}

/** The transports of the official provisioning client, under the names of those of the device client that speak the same. */
const PROVISIONING_TRANSPORTS = {
  mqtt: { make: () => new Mqtt(), tells: { token: 'connack', certificate: 'answer' } },
  'mqtt-ws': { make: () => new MqttWs(), tells: { token: 'connack', certificate: 'answer' } },
  amqp: { make: () => new Amqp(), tells: { token: 'rejection', certificate: 'rejection' } },
  'amqp-ws': { make: () => new AmqpWs(), tells: { token: 'rejection', certificate: 'rejection' } },
  https: { make: () => new Http(), tells: { token: 'answer', certificate: 'answer' } },
} as const satisfies Partial<Record<TransportName, ProvisioningTransport>>;
export type ProvisioningTransportName = keyof typeof PROVISIONING_TRANSPORTS;

/** Suites of the provisioning client, one a transport, under the names that COMPATIBILITY.md gives them. */
export function provisioningSuites(credential: string): readonly (readonly [string, ProvisioningTransportName])[] {
  return (Object.keys(PROVISIONING_TRANSPORTS) as ProvisioningTransportName[]).map((transport) => [
    `azure-iot-provisioning-device · ${TRANSPORTS[transport].title} · ${credential}`,
    transport,
  ]);
}

export const newKey = (): string => randomBytes(32).toString('base64');

/** Puts an enrolment into the store, as the service API would. */
export async function enroll(
  { provisioning }: TestServer,
  kind: EnrollmentKind,
  attestation: Attestation,
  more: Partial<EnrollmentRecord> = {},
): Promise<EnrollmentRecord> {
  const now = Date.now();
  const record: EnrollmentRecord = {
    kind,
    id: `${kind === 'group' ? 'g' : 'd'}-${randomUUID()}`,
    attestation,
    status: 'enabled',
    deviceId: null,
    capabilities: { iotEdge: false },
    initialTwin: { tags: {}, desired: {} },
    reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
    allocationPolicy: null,
    iotHubs: [],
    customAllocation: null,
    credentialPolicyName: null,
    optionalDeviceInformation: null,
    createdTime: now,
    updatedTime: now,
    etag: randomUUID(),
    ...more,
  };
  if (!(await provisioning.enrollments.insert(record))) throw new TypeError(`there is an enrolment "${record.id}"`);
  return record;
}

type Security = SymmetricKeySecurityClient | X509Security;

export const keyOf = (registrationId: string, key: string): Security =>
  new SymmetricKeySecurityClient(registrationId, key);

/** A leaf with what was sent behind it. */
export function certificateOf(
  registrationId: string,
  leaf: IssuedCertificate,
  ...chain: readonly IssuedCertificate[]
): Security {
  const cert = [leaf, ...chain].map(({ pem }) => pem).join('\n');
  return new X509Security(registrationId, { cert, key: leaf.keyPem });
}

/** What the client hands to its caller: the registration, once it is assigned. */
export interface RegistrationState {
  readonly assignedHub: string;
  readonly deviceId: string;
  readonly [member: string]: unknown;
}

export async function register(
  { ready, provisioning }: TestServer,
  transport: ProvisioningTransportName,
  security: Security,
  payload?: object,
): Promise<RegistrationState> {
  const { idScope } = await provisioning.settings.get();
  const made = PROVISIONING_TRANSPORTS[transport].make();
  // Each package of the SDK has its own copy of a class with private members, which TypeScript takes for different ones.
  const client = ProvisioningDeviceClient.create(ready.hostName, idScope, made, security as never);
  if (payload !== undefined) client.setProvisioningPayload(payload);
  return (await client.register()) as RegistrationState;
}

/** What the clients make of a refusal, each in its own members. */
interface ToldRefusal extends Error {
  readonly result?: { readonly errorCode: number };
  readonly responseBody?: string;
  readonly condition?: string;
  readonly description?: string;
}

/** Whether the client told its caller of a refusal with this number, as far as its transport can. */
export function isTold(
  transport: ProvisioningTransportName,
  credential: 'token' | 'certificate',
  error: ToldRefusal,
  errorCode: number,
): boolean {
  const { message, name, result, responseBody, condition, description } = error;
  const telling: Telling = PROVISIONING_TRANSPORTS[transport].tells[credential];
  if (telling === 'connack') return message === 'Connection refused: Not authorized';
  const told = result ?? JSON.parse((telling === 'answer' ? responseBody : description) ?? 'null');
  const isUnauthorized = telling === 'answer' ? name === 'UnauthorizedError' : condition === 'amqp:unauthorized-access';
  return isUnauthorized && told?.errorCode === errorCode;
}
