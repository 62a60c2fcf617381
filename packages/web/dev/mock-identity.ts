import type {
  ConnectionHistory,
  CredentialsView,
  DeviceDetail,
  DeviceFile,
  KeyRotation,
  ModuleDetail,
  NewAuthentication,
} from '@viaduct/contracts';
import { newDevice } from './mock-data.ts';

/** What the mock pretends of modules, credentials, connections and files. In memory; forgotten with the process. */
const modules = new Map<string, Map<string, ModuleDetail>>([
  ['this-machine', new Map([moduleEntry('this-machine', 'camera'), moduleEntry('this-machine', 'motor-control')])],
]);
const credentials = new Map<string, CredentialsView>();
const HOUR_MS = 3_600_000;

export const FILES: readonly (DeviceFile & { readonly text: string })[] = [
  file('reports/2026-11-23.json', '{"readings":[21.5,21.6,21.4],"sensor":"attic"}'),
  file('agent.log', 'started\nconnected\nsent 1,204 messages\n'),
];

export function modulesOf(deviceId: string): Map<string, ModuleDetail> {
  const known = modules.get(deviceId) ?? new Map<string, ModuleDetail>();
  modules.set(deviceId, known);
  return known;
}

export function addModule(deviceId: string, moduleId: string): ModuleDetail {
  const [, module] = moduleEntry(deviceId, moduleId);
  modulesOf(deviceId).set(moduleId, module);
  return module;
}

export function credentialsOf(key: string, { authentication, status }: DeviceDetail): CredentialsView {
  const known = credentials.get(key) ?? withKeys(key, { authentication, status });
  credentials.set(key, known);
  return known;
}

export function rotate(key: string, before: CredentialsView, which: KeyRotation): CredentialsView {
  const fresh = withKeys(`${key} ${Date.now()}`, before);
  const { primaryKey, secondaryKey } = before;
  const after = {
    primary: { ...before, primaryKey: fresh.primaryKey },
    secondary: { ...before, secondaryKey: fresh.secondaryKey },
    swap: { ...before, primaryKey: secondaryKey, secondaryKey: primaryKey },
  }[which];
  credentials.set(key, after);
  return after;
}

export function changeCredentials(key: string, before: CredentialsView, wanted: NewAuthentication): CredentialsView {
  const none = { primaryKey: null, secondaryKey: null, primaryConnectionString: null, secondaryConnectionString: null };
  const after: CredentialsView =
    wanted.type === 'sas'
      ? withKeys(key, { authentication: 'sas', status: before.status })
      : {
          ...before,
          ...none,
          authentication: wanted.type,
          certificateConnectionString: `HostName=127.0.0.1;DeviceId=${key};x509=true`,
          primaryThumbprint: wanted.type === 'selfSigned' ? wanted.primaryThumbprint : null,
          secondaryThumbprint: null,
        };
  credentials.set(key, after);
  return after;
}

/** Here since an hour, thrown out before that, and away in the night. */
export function historyOf({ connected }: DeviceDetail): ConnectionHistory {
  const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();
  const from = { transport: 'mqtt', remoteAddress: '192.168.1.40' };
  const lost = {
    code: 'connection.replaced' as const,
    message: 'a newer connection from 192.168.1.41 took over',
    advice: 'Let two programs not use the same device id at the same time.',
  };
  const past = [
    { ...from, connectedAt: ago(6), disconnectedAt: ago(1.2), reason: lost },
    { ...from, connectedAt: ago(22), disconnectedAt: ago(14), reason: null },
  ];
  const present = { ...from, connectedAt: ago(1), disconnectedAt: null, reason: null };
  return { stays: connected ? [present, ...past] : past, knownSince: null };
}

function moduleEntry(deviceId: string, moduleId: string): [string, ModuleDetail] {
  return [moduleId, { ...newDevice(deviceId), moduleId }];
}

function withKeys(seed: string, facts: Pick<CredentialsView, 'authentication' | 'status'>): CredentialsView {
  const key = (which: string) => Buffer.from(`${which} key of ${seed}`.padEnd(32, '.').slice(0, 32)).toString('base64');
  return {
    ...facts,
    statusReason: null,
    statusChangedAt: null,
    primaryKey: key('1st'),
    secondaryKey: key('2nd'),
    primaryConnectionString: `HostName=127.0.0.1;DeviceId=${seed};SharedAccessKey=${key('1st')}`,
    secondaryConnectionString: `HostName=127.0.0.1;DeviceId=${seed};SharedAccessKey=${key('2nd')}`,
    certificateConnectionString: null,
    primaryThumbprint: null,
    secondaryThumbprint: null,
  };
}

function file(name: string, text: string): DeviceFile & { readonly text: string } {
  return { name, text, bytes: text.length, modifiedAt: new Date().toISOString(), contentType: null };
}
