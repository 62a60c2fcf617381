import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, Hub } from '@viaduct/hub';
import {
  AttemptBook,
  CertificateIssuer,
  hubClients,
  LatencyBook,
  linkOwnHub,
  openProvisioningStore,
  type Provisioning,
  REGISTRATION_RATES,
  RegistrationThrottle,
  trustAtHub,
} from '@viaduct/provisioning';

/** Provisioning beside a hub, in a file of its own; nobody registers, so nothing is assigned. */
export async function openTestProvisioning(
  hub: Hub,
  clock: Clock,
  directory: string,
): Promise<{ readonly provisioning: Provisioning; close(): Promise<void> }> {
  const [ownHubName = 'localhost'] = hub.hostNames;
  const random = { bytes: randomBytes };
  const file = join(directory, 'provisioning.sqlite');
  const store = await openProvisioningStore({ file, encryptionKey: randomBytes(32), random, ownHubName });
  const { settings, enrollments, registrations, linkedHubs, credentialPolicies, secret } = store;
  const { policies, certificates, authorities, hostNames } = hub;
  const basis = {
    ...{ settings, enrollments, registrations, linkedHubs, credentialPolicies, secret },
    ...{ policies, certificates, authorities, hostNames, clock, random },
    hubClient: hubClients({ clock }, hub),
  };
  await linkOwnHub(basis, ownHubName);
  const onFault = (fault: unknown) => assert.fail(String(fault));
  const attempts = await AttemptBook.open(store.attempts, clock, onFault);
  const authorityTable = store.authorityTable;
  const issuer = await CertificateIssuer.open(basis, { authorities: authorityTable, hub: trustAtHub(hub), onFault });
  const provisioning: Provisioning = {
    ...{ ...basis, attempts, issuer, latencies: new LatencyBook(basis), retryAfterSeconds: 1 },
    registrationThrottle: new RegistrationThrottle({ clock }, REGISTRATION_RATES.relaxed),
    allocationWebhook: { ask: (url) => assert.fail(`a test asks ${url}`) },
    assignments: { requireRoom() {}, begin: (id) => assert.fail(`a test assigns ${id}`) },
  };
  const close = async () => {
    await issuer.close();
    await attempts.close();
    await store.close();
  };
  return { provisioning, close };
}
