import {
  type AuthorityView,
  type CertificateFacts,
  CONSOLE_API,
  type ConnectionHistory,
  type ConnectionInfo,
  type CredentialsView,
  type DeviceDetail,
  type DeviceIdentity,
  type DevicePatch,
  type FilePage,
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
  type QueuedCommand,
  type Refusal,
  type Session,
  type SetUp,
  type SetUpState,
  type SignIn,
  type ThrottlingRow,
  type TwinView,
} from '@viaduct/contracts';
import type { LiveScope } from '../live/live-stream.ts';
import { bytes, get, query, remember, send } from './request.ts';

/** The console's interface, typed. Every call answers, or throws a `ConsoleRefusal`. */
export const consoleClient = {
  session: () => remember(get<Session>('/session')),
  signIn: (body: SignIn) => remember(send<Session>('POST', '/session', body)),
  signOut: () => send<void>('DELETE', '/session'),
  setUpState: (token: string) => get<SetUpState>(`/setup${query({ token })}`),
  setUp: (body: SetUp) => remember(send<Session>('POST', '/setup', body)),
  overview: () => get<Overview>('/overview'),
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
export function liveUrl({ deviceId, sinceSeconds, attempts = false }: LiveScope): string {
  const wanted = deviceId === null ? (attempts ? { attempts: 'true' } : {}) : { deviceId, sinceSeconds };
  return `${CONSOLE_API}/live${query(wanted)}`;
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
