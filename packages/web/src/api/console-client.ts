import {
  type AuthorityView,
  type CertificateFacts,
  CONSOLE_API,
  type ConnectionHistory,
  type ConnectionInfo,
  type ConsoleProblem,
  type CredentialsView,
  CSRF_HEADER,
  type DeviceDetail,
  type DeviceIdentity,
  type DevicePatch,
  type DeviceRow,
  ERRORS,
  type FilePage,
  HubError,
  type InvokeMethod,
  type JsonObject,
  type KeyRotation,
  type MethodResult,
  type ModuleDetail,
  type ModuleRow,
  type NewAuthentication,
  type NewAuthority,
  type NewCommand,
  type NewDevice,
  type NewModule,
  type Overview,
  type Page,
  type QueuedCommand,
  type Refusal,
  type Session,
  type SetUp,
  type SetUpState,
  type SignIn,
  type ThrottlingRow,
  type TwinView,
} from '@viaduct/contracts';

/** What the server refused, in its own words. `advice` says what to do next; `trackingId` finds the line in its log. */
export class ConsoleRefusal extends HubError {
  readonly advice: string;
  readonly trackingId: string | null;

  constructor(problem: Omit<ConsoleProblem, 'trackingId'> & { readonly trackingId: string | null }) {
    super(problem.code, problem.message);
    this.advice = problem.advice;
    this.trackingId = problem.trackingId;
  }
}

export interface DeviceQuery {
  readonly search?: string | undefined;
  readonly state?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Set by `GET /session` and by signing in; every unsafe call carries it. */
let csrfToken = '';

async function remember(session: Promise<Session>): Promise<Session> {
  const known = await session;
  csrfToken = known.csrfToken;
  return known;
}

/** The console's interface, typed. Every call answers, or throws a `ConsoleRefusal`. */
export const consoleClient = {
  session: () => remember(get<Session>('/session')),
  signIn: (body: SignIn) => remember(send<Session>('POST', '/session', body)),
  signOut: () => send<void>('DELETE', '/session'),
  setUpState: (token: string) => get<SetUpState>(`/setup${query({ token })}`),
  setUp: (body: SetUp) => remember(send<Session>('POST', '/setup', body)),
  overview: () => get<Overview>('/overview'),
  devices: (wanted: DeviceQuery) => get<Page<DeviceRow>>(`/devices${query({ ...wanted })}`),
  createDevice: (body: NewDevice) => send<DeviceDetail>('POST', '/devices', body),
  device: (deviceId: string) => get<DeviceDetail>(pathOf({ deviceId })),
  modules: (deviceId: string) => get<readonly ModuleRow[]>(`${pathOf({ deviceId })}/modules`),
  createModule: (deviceId: string, body: NewModule) =>
    send<ModuleDetail>('POST', `${pathOf({ deviceId })}/modules`, body),
  module: (identity: Required<DeviceIdentity>) => get<ModuleDetail>(pathOf(identity)),
  // What follows is asked of a device and of a module alike.
  patchIdentity: (identity: DeviceIdentity, body: DevicePatch) => send<DeviceDetail>('PATCH', pathOf(identity), body),
  deleteIdentity: (identity: DeviceIdentity) => send<void>('DELETE', pathOf(identity)),
  twin: (identity: DeviceIdentity) => get<TwinView>(`${pathOf(identity)}/twin`),
  patchTwin: (identity: DeviceIdentity, desired: JsonObject) =>
    send<TwinView>('PATCH', `${pathOf(identity)}/twin`, { desired }),
  invokeMethod: (identity: DeviceIdentity, body: InvokeMethod) =>
    send<MethodResult>('POST', `${pathOf(identity)}/methods`, body),
  sendCommand: (identity: DeviceIdentity, body: NewCommand) =>
    send<QueuedCommand>('POST', `${pathOf(identity)}/commands`, body),
  commands: (identity: DeviceIdentity) => get<readonly QueuedCommand[]>(`${pathOf(identity)}/commands`),
  purgeCommands: (identity: DeviceIdentity) => send<{ purged: number }>('DELETE', `${pathOf(identity)}/commands`),
  credentials: (identity: DeviceIdentity) => get<CredentialsView>(`${pathOf(identity)}/credentials`),
  changeCredentials: (identity: DeviceIdentity, body: NewAuthentication) =>
    send<CredentialsView>('PUT', `${pathOf(identity)}/credentials`, body),
  rotateKeys: (identity: DeviceIdentity, which: KeyRotation) =>
    send<CredentialsView>('POST', `${pathOf(identity)}/credentials/rotation`, { which }),
  connections: (identity: DeviceIdentity) => get<ConnectionHistory>(`${pathOf(identity)}/connections`),
  files: (deviceId: string, after?: string) => get<FilePage>(`${pathOf({ deviceId })}/files${query({ after })}`),
  deleteFile: (deviceId: string, name: string) =>
    send<void>('DELETE', `${pathOf({ deviceId })}/files${query({ name })}`),
  fileBytes: (deviceId: string, name: string) => bytes(filePath(deviceId, name)),
  certificateFacts: (pem: string) => send<CertificateFacts>('POST', '/certificate-facts', { pem }),
  authorities: () => get<readonly AuthorityView[]>('/certificates'),
  addAuthority: (body: NewAuthority) => send<AuthorityView>('POST', '/certificates', body),
  newVerificationCode: (name: string, etag: string) =>
    send<AuthorityView>('POST', authorityPath(name, etag, '/verification-code')),
  verifyAuthority: (name: string, etag: string, proof: string) =>
    send<AuthorityView>('POST', authorityPath(name, etag, '/verification'), { proof }),
  removeAuthority: (name: string, etag: string) => send<void>('DELETE', authorityPath(name, etag)),
  throttling: (identity: DeviceIdentity) => get<readonly ThrottlingRow[]>(`${pathOf(identity)}/throttling`),
  refusals: (deviceId: string) => get<readonly Refusal[]>(`${pathOf({ deviceId })}/refusals`),
  connection: () => get<ConnectionInfo>('/connection'),
};

/** Where the live stream of a device, or of the fleet, is read. */
export function liveUrl(deviceId: string | null, sinceSeconds: number): string {
  return `${CONSOLE_API}/live${query(deviceId === null ? {} : { deviceId, sinceSeconds })}`;
}

/** Where a file is downloaded: a link, so that the browser streams it to disk. */
export function fileUrl(deviceId: string, name: string): string {
  return `${CONSOLE_API}${filePath(deviceId, name)}`;
}

function filePath(deviceId: string, name: string): string {
  return `${pathOf({ deviceId })}/files/content${query({ name })}`;
}

/** With the version that the person sees. */
function authorityPath(name: string, etag: string, below = ''): string {
  return `/certificates/${encodeURIComponent(name)}${below}${query({ etag })}`;
}

function pathOf({ deviceId, moduleId }: DeviceIdentity): string {
  const device = `/devices/${encodeURIComponent(deviceId)}`;
  return moduleId === undefined ? device : `${device}/modules/${encodeURIComponent(moduleId)}`;
}

function query(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? '' : `?${search}`;
}

function get<T>(path: string): Promise<T> {
  return request<T>(path, { headers: { accept: 'application/json' } });
}

function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  return request<T>(path, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json', [CSRF_HEADER]: csrfToken },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function bytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await exchange(path, {})).arrayBuffer());
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await exchange(path, init);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function exchange(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`${CONSOLE_API}${path}`, { credentials: 'same-origin', ...init }).catch(unreachable);
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** The page is there but the server is not: the browser says only "failed to fetch", which helps nobody. */
function unreachable(): never {
  throw new ConsoleRefusal({
    code: 'server.draining',
    message: 'The server does not answer.',
    advice: 'See whether it is running and whether this browser reaches it, then try again.',
    trackingId: null,
  });
}

async function refusalOf(response: Response): Promise<ConsoleRefusal> {
  const problem: unknown = await response.json().catch(() => null);
  if (isProblem(problem)) return new ConsoleRefusal(problem);
  const code = response.status === 401 ? 'console.signedOut' : 'server.fault';
  const message = `The server answered ${response.status} ${response.statusText}`.trim();
  return new ConsoleRefusal({ code, message, advice: ERRORS[code].advice, trackingId: null });
}

function isProblem(value: unknown): value is ConsoleProblem {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'advice' in value;
}
