import { HubError } from '@viaduct/contracts';
import type { CertificateStore } from '@viaduct/hub';
import type { Attestation, CredentialPolicyStore, EnrollmentRecord, LinkedHubStore } from '../ports.ts';

/** What an enrolment may name. */
export interface KnowsReferences {
  readonly linkedHubs: Pick<LinkedHubStore, 'find' | 'list'>;
  readonly certificates: Pick<CertificateStore, 'find'>;
  readonly credentialPolicies: Pick<CredentialPolicyStore, 'find'>;
}

/**
 * Whether what an enrolment names is there: linked hubs, verified authorities, a credential policy. Each may go away later; then devices
 * are told.
 *
 * @throws HubError enrollment.invalid
 */
export async function requireReferences(provisioning: KnowsReferences, enrollment: EnrollmentRecord): Promise<void> {
  for (const hostName of enrollment.iotHubs) {
    if ((await provisioning.linkedHubs.find(hostName)) !== undefined) continue;
    const linked = (await provisioning.linkedHubs.list()).map((hub) => hub.hostName).join(', ');
    throw invalid(`iotHubs names ${JSON.stringify(hostName)}, which is not linked; linked are ${linked || 'none'}`);
  }
  await requireAuthorities(provisioning, enrollment.attestation);
  const { credentialPolicyName: name } = enrollment;
  if (name !== null && (await provisioning.credentialPolicies.find(name)) === undefined) {
    throw invalid(`credentialPolicyName is ${JSON.stringify(name)}, and there is no such credential policy`);
  }
}

async function requireAuthorities({ certificates }: KnowsReferences, attestation: Attestation): Promise<void> {
  if (attestation.kind !== 'caReferences') return;
  for (const member of ['primary', 'secondary'] as const) {
    const name = attestation[member];
    if (name === null) continue;
    const authority = await certificates.find(name);
    const where = `attestation.x509.caReferences.${member}`;
    if (authority === undefined) {
      throw invalid(`${where} is ${JSON.stringify(name)}, and no certificate authority is registered by that name`);
    }
    if (!authority.isVerified)
      throw invalid(`${where} is ${JSON.stringify(name)}, an authority that is not verified yet`);
  }
}

function invalid(message: string): HubError {
  return new HubError('enrollment.invalid', message);
}
