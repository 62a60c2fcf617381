import type {
  AttemptView,
  CertificateView,
  EnrollmentKindName,
  EnrollmentView,
  LinkedHubView,
  LiveEvent,
  NewEnrollment,
  RegistrationView,
} from '@viaduct/contracts';
import { ERRORS } from '@viaduct/contracts';
import { CONNECTION } from './mock-data.ts';

/** Provisioning of the mock server: enrolments in memory, and a device that asks every four seconds. */
const DAY_MS = 86_400_000;
const now = Date.now();
const KEY = btoa('a key of thirty-two bytes, or so');
const certificate = (subject: string, days: number): CertificateView => ({
  subject,
  issuer: 'CN=Plant root',
  thumbprint: 'AB'.repeat(32),
  validFrom: now - 300 * DAY_MS,
  validTo: now + days * DAY_MS,
  pem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
});

const settings: EnrollmentView['settings'] = {
  deviceId: null,
  isEdge: false,
  initialTwin: { tags: { site: 'north' }, desired: {} },
  mayMove: true,
  keepsTwin: true,
  allocationPolicy: null,
  hubs: [],
  webhookUrl: null,
  credentialPolicy: null,
};

function enrollment(kind: EnrollmentKindName, id: string, proof: EnrollmentView['proof']): EnrollmentView {
  return {
    kind,
    id,
    attestation: proof.kind,
    status: 'enabled',
    certificateEnds: proof.kind === 'signingCertificates' ? proof.primary.validTo : null,
    createdTime: now - 3 * DAY_MS,
    updatedTime: now - DAY_MS,
    proof,
    settings,
    registrations: 2,
    etag: 'e1',
  };
}

const enrollments: EnrollmentView[] = [
  enrollment('group', 'weather-stations', { kind: 'symmetricKey' }),
  enrollment('group', 'plant-north', {
    kind: 'signingCertificates',
    primary: certificate('CN=Plant north', 20),
    secondary: null,
  }),
  enrollment('individual', 'gateway-1', { kind: 'tpm', endorsementKey: KEY.repeat(6), storageRootKey: null }),
];
const hubs: LinkedHubView[] = [
  {
    hostName: CONNECTION.hostName,
    kind: 'local',
    policyName: null,
    hasOwnAuthority: false,
    allocationWeight: 1,
    takesNewDevices: true,
    createdTime: now,
    updatedTime: now,
    etag: 'h1',
  },
];
const CASES: readonly Partial<AttemptView>[] = [
  { outcome: 'assigned', deviceId: 'station-12', substatus: 'initialAssignment', assignedHub: CONNECTION.hostName },
  { registrationId: 'stranger', code: 'enrollment.notFound', message: 'no enrolment fits stranger', enrollment: null },
  { code: 'credential.signatureMismatch', message: 'the token of station-12 is signed with another key' },
];
const attempts: AttemptView[] = [];

function attempt(id: number): AttemptView {
  const part = CASES[id % CASES.length] ?? {};
  return {
    id,
    time: Date.now(),
    registrationId: 'station-12',
    enrollment: { kind: 'group', id: 'weather-stations' },
    credential: 'symmetricKey',
    transport: 'mqtt',
    remoteAddress: '192.168.1.40',
    outcome: 'refused',
    substatus: null,
    assignedHub: null,
    deviceId: null,
    isHere: true,
    code: null,
    message: null,
    advice: part.code == null ? null : ERRORS[part.code].advice,
    durationMs: null,
    ...part,
  };
}

export function startAttempts(emit: (event: LiveEvent) => void): void {
  setInterval(() => {
    const next = attempt(attempts.length + 1);
    attempts.unshift(next);
    emit({ kind: 'attempts', attempts: [next], isCut: false });
  }, 4_000);
}

/** Undefined for what it does not know. */
export function provisioning(method: string, path: string, body: Record<string, unknown>): unknown {
  const [, part = '', kind = '', id = '', rest = ''] = path.split('/').map(decodeURIComponent);
  switch (part) {
    case '':
      return overview();
    case 'enrollments':
      return ofEnrollments(method, kind as EnrollmentKindName, id, rest, body);
    case 'attempts':
      return { items: attempts.slice(0, 50) };
    case 'linked-hubs':
      return method === 'GET' ? hubs : { hostName: CONNECTION.hostName, latencyMs: 12.4 };
    case 'credential-policies':
      return { policies: [], issuer: certificate('CN=Viaduct issuing', 900) };
    default:
      return undefined;
  }
}

function overview() {
  const count = (kind: EnrollmentKindName) => enrollments.filter((each) => each.kind === kind).length;
  return {
    idScope: '0ne0012AB34',
    hostName: CONNECTION.hostName,
    connectionString: `HostName=${CONNECTION.hostName};SharedAccessKeyName=provisioningserviceowner;SharedAccessKey=${KEY}`,
    allocationPolicy: 'hashed',
    counts: { groups: count('group'), individuals: count('individual'), hubs: hubs.length },
    etag: 's1',
  };
}

function ofEnrollments(
  method: string,
  kind: EnrollmentKindName,
  id: string,
  rest: string,
  body: Record<string, unknown>,
): unknown {
  const ofKind = enrollments.filter((each) => each.kind === kind);
  if (id === '' && method === 'GET') return { items: ofKind, total: ofKind.length };
  if (id === '') {
    const { id: made, proof } = body as unknown as NewEnrollment;
    const added = { ...enrollment(kind, made, { kind: 'symmetricKey' }), attestation: proof.kind, registrations: 0 };
    enrollments.push(added);
    return added;
  }
  const known = ofKind.find((each) => each.id === id);
  if (known === undefined) return undefined;
  if (rest === 'keys') return { primaryKey: KEY, secondaryKey: KEY };
  if (rest === 'device-key') return { registrationId: body.registrationId, primaryKey: KEY, secondaryKey: KEY };
  if (rest === 'registrations') return { items: known.registrations === 0 ? [] : [REGISTRATION] };
  return known;
}

const REGISTRATION: RegistrationView = {
  registrationId: 'station-12',
  status: 'assigned',
  substatus: 'initialAssignment',
  deviceId: 'station-12',
  assignedHub: CONNECTION.hostName,
  isHere: true,
  message: null,
  certificateEnds: null,
  createdTime: now,
  updatedTime: now,
  etag: 'r1',
};
