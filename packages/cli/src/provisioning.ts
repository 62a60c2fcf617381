import type {
  CredentialPolicy,
  LinkedHub,
  LinkedHubRequest,
  LinkedHubTest,
  ProvisioningAttempt,
  ProvisioningServiceSettings,
} from '@viaduct/contracts';
import type { RestClient } from './rest-client.ts';

/** Which attempts; all are optional. */
export interface AttemptQuery {
  readonly registrationId?: string | undefined;
  readonly enrollment?: { readonly kind: 'individual' | 'group'; readonly id: string } | undefined;
  /** Id; only those before it. */
  readonly before?: number | undefined;
  readonly top: number;
}

/** Newest first. */
export async function listAttempts(
  rest: RestClient,
  { registrationId, enrollment, before, top }: AttemptQuery,
): Promise<readonly ProvisioningAttempt[]> {
  const query = {
    top: String(top),
    ...(registrationId === undefined ? {} : { registrationId }),
    ...(enrollment === undefined ? {} : { enrollment: `${enrollment.kind}/${enrollment.id}` }),
    ...(before === undefined ? {} : { before: String(before) }),
  };
  return listIn(await rest.send({ method: 'GET', path: '/provisioningAttempts', query }));
}

export async function listLinkedHubs(rest: RestClient): Promise<readonly LinkedHub[]> {
  return listIn(await rest.send({ method: 'GET', path: '/linkedHubs' }));
}

/** Links it, or changes what is said of one that is linked. @throws HubError linkedHub.invalid, linkedHub.notFound */
export async function putLinkedHub(rest: RestClient, hostName: string, hub: LinkedHubRequest): Promise<LinkedHub> {
  return (await rest.send({ method: 'PUT', path: hubPath(hostName), body: hub })) as LinkedHub;
}

/** @throws HubError linkedHub.notFound, linkedHub.invalid for this server's own */
export async function removeLinkedHub(rest: RestClient, hostName: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: hubPath(hostName), anyVersion: true });
}

/** @throws HubError linkedHub.notFound, linkedHub.unreachable, linkedHub.refused */
export async function testLinkedHub(rest: RestClient, hostName: string): Promise<LinkedHubTest> {
  return (await rest.send({ method: 'POST', path: `${hubPath(hostName)}/test` })) as LinkedHubTest;
}

export async function listCredentialPolicies(rest: RestClient): Promise<readonly CredentialPolicy[]> {
  return listIn(await rest.send({ method: 'GET', path: '/credentialPolicies' }));
}

/** @throws HubError credentialPolicy.exists, credentialPolicy.invalid */
export async function addCredentialPolicy(
  rest: RestClient,
  name: string,
  policy: Pick<CredentialPolicy, 'validityDays' | 'keyTypes'>,
): Promise<CredentialPolicy> {
  return (await rest.send({ method: 'PUT', path: policyPath(name), body: policy })) as CredentialPolicy;
}

/** @throws HubError credentialPolicy.notFound */
export async function removeCredentialPolicy(rest: RestClient, name: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: policyPath(name), anyVersion: true });
}

export async function getSettings(rest: RestClient): Promise<ProvisioningServiceSettings> {
  return (await rest.send({ method: 'GET', path: '/provisioningSettings' })) as ProvisioningServiceSettings;
}

export async function setAllocation(rest: RestClient, allocationPolicy: string): Promise<ProvisioningServiceSettings> {
  const { etag: ifMatch } = await getSettings(rest);
  const asked = { method: 'PUT', path: '/provisioningSettings', body: { allocationPolicy }, ifMatch } as const;
  return (await rest.send(asked)) as ProvisioningServiceSettings;
}

function listIn<T>(answer: unknown): readonly T[] {
  return (answer as { value: T[] }).value;
}

function hubPath(hostName: string): string {
  return `/linkedHubs/${encodeURIComponent(hostName)}`;
}

function policyPath(name: string): string {
  return `/credentialPolicies/${encodeURIComponent(name)}`;
}
