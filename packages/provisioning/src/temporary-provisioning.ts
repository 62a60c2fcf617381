import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, type Hub, signSas } from '@viaduct/hub';
import { type TemporaryHub, temporaryHub } from '../../hub/src/temporary-hub.ts';
import { LatencyBook } from './client/latency-book.ts';
import { LocalHubClient } from './client/local-hub-client.ts';
import { AttemptBook } from './core/attempt/attempt-book.ts';
import { deriveDeviceKey } from './core/attestation/derive-key.ts';
import { linkOwnHub } from './core/linked-hub/link-own-hub.ts';
import type { EnrollmentRecord, HubClient, LinkedHubRecord, RegistrationRecord } from './core/ports.ts';
import type { Provisioning } from './core/provisioning.ts';
import { AssignmentWorker } from './core/registration/assignment-worker.ts';
import type { RegistrationCaller } from './core/registration/register.ts';
import { REGISTRATION_RATES, RegistrationThrottle } from './core/registration/registration-throttle.ts';
import { openProvisioningStore } from './store/sqlite/open-provisioning-store.ts';

/** The hub of this server, and another one. */
export const HUB_A = 'myhub.example.net';
export const HUB_B = 'other.example.net';
export const GROUP_KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64');

type Changeable = 'registrations' | 'hubClient' | 'allocationWebhook' | 'issuer' | 'latencies' | 'registrationThrottle';

/** Real provisioning without gateways, for tests: a store and two hubs in folders that go when it closes. Tests may change its parts. */
export interface TemporaryProvisioning extends Omit<Provisioning, Changeable> {
  registrations: Provisioning['registrations'];
  hubClient: Provisioning['hubClient'];
  allocationWebhook: Provisioning['allocationWebhook'];
  issuer: Provisioning['issuer'];
  latencies: Provisioning['latencies'];
  registrationThrottle: RegistrationThrottle;
  readonly clock: Clock & { advance(seconds: number): void };
  readonly hubs: Readonly<Record<string, TemporaryHub>>;
  readonly faults: unknown[];
  readonly worker: AssignmentWorker;
  /** Another process begins where this one was. What this one still does goes on: a test stops it first. */
  restartWorker(options?: { readonly timeoutMs?: number }): Promise<AssignmentWorker>;
  close(): Promise<void>;
}

export async function temporaryProvisioning(): Promise<TemporaryProvisioning> {
  const directory = await mkdtemp(join(tmpdir(), 'viaduct-provisioning-'));
  const [ownHub, otherHub] = [await temporaryHub(), await temporaryHub()];
  const hubs: Record<string, TemporaryHub> = { [HUB_A]: ownHub, [HUB_B]: otherHub };
  const random = { bytes: (count: number) => randomBytes(count) };
  const store = await openProvisioningStore({
    ...{ file: join(directory, 'provisioning.sqlite'), encryptionKey: randomBytes(32), random, ownHubName: HUB_A },
  });
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => faults.push(fault);
  const clients = Object.fromEntries(Object.entries(hubs).map(([name, hub]) => [name, new LocalHubClient(hub as Hub)]));
  const { clock, hostNames, policies, certificates, authorities } = ownHub;
  const { settings, enrollments, registrations, linkedHubs, credentialPolicies, secret } = store;
  const attempts = await AttemptBook.open(store.attempts, clock, onFault);
  const parts = {
    ...{ clock, random, hostNames, policies, certificates, authorities, attempts, retryAfterSeconds: 1 },
    registrationThrottle: new RegistrationThrottle({ clock }, REGISTRATION_RATES.relaxed),
    ...{ settings, enrollments, registrations, linkedHubs, credentialPolicies, secret },
    hubClient: ({ hostName }: LinkedHubRecord): HubClient => clients[hostName] as HubClient,
    allocationWebhook: { ask: () => Promise.reject(new Error('no test asked for a webhook')) },
    issuer: {
      issue: () => Promise.reject(new Error('no test asked for a certificate')),
      issuingCertificate: () => Promise.reject(new Error('no test asked for an authority')),
      authorities: async () => [],
    },
  };
  await linkOwnHub(parts, HUB_A);
  const p = parts as unknown as TemporaryProvisioning;
  const start = (options: { readonly timeoutMs?: number } = {}) => {
    const worker = new AssignmentWorker(p, { onFault, retryMs: [1, 1], ...options });
    return Object.assign(p, { worker, assignments: worker }).worker;
  };
  start();
  return Object.assign(p, {
    latencies: new LatencyBook(p),
    hubs,
    faults,
    restartWorker: async (options?: { readonly timeoutMs?: number }) => {
      const worker = start(options);
      await worker.resume();
      return worker;
    },
    close: async () => {
      await p.worker.close();
      await attempts.close();
      await store.close();
      for (const hub of Object.values(hubs)) await hub.close();
      await rm(directory, { recursive: true, force: true });
    },
  });
}

/** Links the other hub, as an operator would. */
export async function linkOther(p: Provisioning, changes: Partial<LinkedHubRecord> = {}): Promise<LinkedHubRecord> {
  const record: LinkedHubRecord = {
    ...{ hostName: HUB_B, kind: 'remote', connectionString: 'HostName=other.example.net', caPem: null },
    ...{ allocationWeight: 1, takesNewDevices: true, createdTime: 0, updatedTime: 0, etag: 'b1', ...changes },
  };
  await p.linkedHubs.insert(record);
  return record;
}

/** A group of derived keys, unless it says otherwise; inserted. */
export async function enroll(p: Provisioning, changes: Partial<EnrollmentRecord> = {}): Promise<EnrollmentRecord> {
  const record: EnrollmentRecord = {
    ...{ kind: 'group', id: 'line-4', status: 'enabled', deviceId: null, capabilities: { iotEdge: false } },
    attestation: { kind: 'symmetricKey', primaryKey: GROUP_KEY, secondaryKey: randomBytes(32).toString('base64') },
    initialTwin: { tags: { plant: 'Ulm' }, desired: { interval: 5 } },
    reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
    ...{ allocationPolicy: null, iotHubs: [], customAllocation: null, credentialPolicyName: null },
    ...{ optionalDeviceInformation: null, createdTime: 0, updatedTime: 0, etag: randomBytes(4).toString('hex') },
    ...changes,
  };
  await p.enrollments.insert(record);
  return record;
}

/** Puts an enrolment in the place of the one of its id. */
export async function changeEnrollment(
  p: Provisioning,
  before: EnrollmentRecord,
  changes: Partial<EnrollmentRecord>,
): Promise<EnrollmentRecord> {
  const after = { ...before, ...changes, etag: randomBytes(4).toString('hex') };
  await p.enrollments.replace(after, before.etag);
  return after;
}

/** A device of the group, with its derived key. */
export async function keyCaller(
  p: Provisioning,
  registrationId: string,
  changes: Partial<RegistrationCaller> = {},
): Promise<RegistrationCaller> {
  const { idScope } = await p.settings.get();
  const expiry = Math.floor(p.clock.now() / 1_000) + 3_600;
  const key = deriveDeviceKey(GROUP_KEY, registrationId);
  const token = signSas(`${idScope}/registrations/${registrationId}`, key, expiry, 'registration');
  return {
    ...{ idScope, registrationId, credential: { token, certificate: undefined }, transport: 'mqtt' },
    ...{ remoteAddress: '192.0.2.7', reachedBy: null, apiVersion: '2019-03-31', ...changes },
  };
}

/** Resolves with the registration once it is neither waiting nor under way. */
export async function settled(p: TemporaryProvisioning, registrationId: string): Promise<RegistrationRecord> {
  for (;;) {
    const record = await p.registrations.find(registrationId);
    const { waiting, active } = p.worker.stats;
    if (record !== undefined && record.status !== 'assigning' && waiting + active === 0) return record;
    await new Promise(setImmediate);
  }
}
