import { join } from 'node:path';
import type { Hub } from '@viaduct/hub';
import {
  AllocationWebhook,
  AssignmentWorker,
  AttemptBook,
  CertificateIssuer,
  hubClients,
  LatencyBook,
  linkOwnHub,
  openProvisioningStore,
  type Provisioning,
  type ProvisioningStore,
  REGISTRATION_RATES,
  RegistrationThrottle,
  renewForDevice,
  trustAtHub,
} from '@viaduct/provisioning';
import type { Logger } from 'pino';
import type { ServerConfig } from './config.ts';
import { REAL_CLOCK, REAL_RANDOM } from './open-hub.ts';

/** The provisioning service with its store filled and its worker running: everything that keeps data, and nothing that listens. */
export interface OpenProvisioning {
  readonly provisioning: Provisioning;
  readonly worker: AssignmentWorker;
  /** Ends what is under way, writes what waits, lets go of the file. After the gateways, before the hub. */
  close(): Promise<void>;
}

/** How long devices wait before they ask again; Azure says 3. */
const RETRY_AFTER_SECONDS = { relaxed: 1, strict: 3 } as const;

/** @throws HubError store.unusable */
export async function openProvisioning(
  { dataDirectory, profile }: ServerConfig,
  hub: Hub,
  encryptionKey: Buffer,
  logger: Logger,
): Promise<OpenProvisioning> {
  const [ownHubName = 'localhost'] = hub.hostNames;
  const file = join(dataDirectory, 'provisioning.sqlite');
  const store = await openProvisioningStore({ file, encryptionKey, random: REAL_RANDOM, ownHubName });
  try {
    return await assemble(hub, store, { ownHubName, profile }, logger);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function assemble(
  hub: Hub,
  store: ProvisioningStore,
  { ownHubName, profile }: { readonly ownHubName: string; readonly profile: ServerConfig['profile'] },
  logger: Logger,
): Promise<OpenProvisioning> {
  const onFault = (error: unknown) => logger.error({ err: error }, 'fault in provisioning');
  const { settings, enrollments, registrations, linkedHubs, credentialPolicies, secret } = store;
  const kept = { settings, enrollments, registrations, linkedHubs, credentialPolicies, secret };
  const { policies, certificates, authorities, hostNames } = hub;
  const basis = {
    ...{ ...kept, policies, certificates, authorities, hostNames },
    ...{ clock: REAL_CLOCK, random: REAL_RANDOM },
    hubClient: hubClients({ clock: REAL_CLOCK }, hub),
  };
  await linkOwnHub(basis, ownHubName);
  const attempts = await AttemptBook.open(store.attempts, REAL_CLOCK, onFault);
  const issuer = await CertificateIssuer.open(basis, {
    authorities: store.authorityTable,
    hub: trustAtHub(hub),
    onFault,
  });
  hub.certificateRenewals.offer((deviceId, csr) => renewForDevice({ ...basis, issuer }, deviceId, csr));
  const assigning = {
    ...basis,
    attempts,
    latencies: new LatencyBook(basis),
    allocationWebhook: new AllocationWebhook(),
  };
  const worker = new AssignmentWorker(assigning, { onFault });
  await worker.resume();
  const close = async () => {
    await worker.close();
    await issuer.close();
    await attempts.close();
    await store.close();
  };
  const pace = {
    retryAfterSeconds: RETRY_AFTER_SECONDS[profile],
    registrationThrottle: new RegistrationThrottle(basis, REGISTRATION_RATES[profile]),
  };
  return { provisioning: { ...assigning, ...pace, issuer, assignments: worker }, worker, close };
}
