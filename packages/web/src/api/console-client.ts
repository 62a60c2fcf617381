import {
  CONSOLE_API,
  type ConnectionInfo,
  type ConsoleProblem,
  CSRF_HEADER,
  type DeviceDetail,
  type DevicePatch,
  type DeviceRow,
  ERRORS,
  HubError,
  type InvokeMethod,
  type JsonObject,
  type MethodResult,
  type NewCommand,
  type NewDevice,
  type Overview,
  type Page,
  type QueuedCommand,
  type Refusal,
  type Session,
  type SetUp,
  type SetUpState,
  type SignIn,
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
  device: (deviceId: string) => get<DeviceDetail>(device(deviceId)),
  patchDevice: (deviceId: string, body: DevicePatch) => send<DeviceDetail>('PATCH', device(deviceId), body),
  deleteDevice: (deviceId: string) => send<void>('DELETE', device(deviceId)),
  twin: (deviceId: string) => get<TwinView>(`${device(deviceId)}/twin`),
  patchTwin: (deviceId: string, desired: JsonObject) =>
    send<TwinView>('PATCH', `${device(deviceId)}/twin`, { desired }),
  invokeMethod: (deviceId: string, body: InvokeMethod) =>
    send<MethodResult>('POST', `${device(deviceId)}/methods`, body),
  sendCommand: (deviceId: string, body: NewCommand) =>
    send<QueuedCommand>('POST', `${device(deviceId)}/commands`, body),
  commands: (deviceId: string) => get<readonly QueuedCommand[]>(`${device(deviceId)}/commands`),
  refusals: (deviceId: string) => get<readonly Refusal[]>(`${device(deviceId)}/refusals`),
  connection: () => get<ConnectionInfo>('/connection'),
};

/** Where the live stream of a device, or of the fleet, is read. */
export function liveUrl(deviceId: string | null, sinceSeconds: number): string {
  return `${CONSOLE_API}/live${query(deviceId === null ? {} : { deviceId, sinceSeconds })}`;
}

function device(deviceId: string): string {
  return `/devices/${encodeURIComponent(deviceId)}`;
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

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(`${CONSOLE_API}${path}`, { credentials: 'same-origin', ...init }).catch(unreachable);
  if (!response.ok) throw await refusalOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
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
