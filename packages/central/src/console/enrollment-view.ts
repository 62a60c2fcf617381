import type {
  AttestationView,
  AuthorityReference,
  EnrollmentRow,
  EnrollmentSettings,
  EnrollmentView,
} from '@viaduct/contracts';
import type { Attestation, EnrollmentRecord, Provisioning } from '@viaduct/provisioning';
import { certificateView } from './certificate-view.ts';

export async function enrollmentRow(p: Provisioning, record: EnrollmentRecord): Promise<EnrollmentRow> {
  return rowOf(record, await attestationView(p, record.attestation));
}

/** Without keys: they are shown by a request of their own, which is in the audit. */
export async function enrollmentView(p: Provisioning, record: EnrollmentRecord): Promise<EnrollmentView> {
  const proof = await attestationView(p, record.attestation);
  const registrations = await p.registrations.countOf(record.kind, record.id);
  return { ...rowOf(record, proof), proof, settings: enrollmentSettings(record), registrations, etag: record.etag };
}

function rowOf(
  { kind, id, status, createdTime, updatedTime }: EnrollmentRecord,
  proof: AttestationView,
): EnrollmentRow {
  return { kind, id, attestation: proof.kind, status, certificateEnds: lastEnd(proof), createdTime, updatedTime };
}

export function enrollmentSettings(record: EnrollmentRecord): EnrollmentSettings {
  const { deviceId, capabilities, initialTwin, reprovisionPolicy, allocationPolicy, iotHubs } = record;
  return {
    deviceId,
    isEdge: capabilities.iotEdge,
    initialTwin,
    mayMove: reprovisionPolicy.updateHubAssignment,
    keepsTwin: reprovisionPolicy.migrateDeviceData,
    allocationPolicy,
    hubs: iotHubs,
    webhookUrl: record.customAllocation?.webhookUrl ?? null,
    credentialPolicy: record.credentialPolicyName,
  };
}

async function attestationView(p: Provisioning, attestation: Attestation): Promise<AttestationView> {
  const { kind } = attestation;
  switch (kind) {
    case 'symmetricKey':
      return { kind };
    case 'tpm':
      return attestation;
    case 'clientCertificates':
    case 'signingCertificates': {
      const { primary, secondary } = attestation;
      return {
        kind,
        primary: certificateView(primary),
        secondary: secondary === null ? null : certificateView(secondary),
      };
    }
    case 'caReferences': {
      const { primary, secondary } = attestation;
      return {
        kind,
        primary: await authorityReference(p, primary),
        secondary: secondary === null ? null : await authorityReference(p, secondary),
      };
    }
    default:
      return kind satisfies never;
  }
}

async function authorityReference({ certificates }: Provisioning, name: string): Promise<AuthorityReference> {
  const known = await certificates.find(name);
  if (known === undefined) return { name, certificate: null, isVerified: false };
  return { name: known.name, certificate: certificateView(known.pem), isVerified: known.isVerified };
}

/** Of two certificates the one that ends last counts: it lets devices in until then. */
function lastEnd(proof: AttestationView): number | null {
  switch (proof.kind) {
    case 'clientCertificates':
    case 'signingCertificates':
      return Math.max(proof.primary.validTo, proof.secondary?.validTo ?? 0);
    case 'caReferences': {
      const ends = [proof.primary, proof.secondary].flatMap((authority) => authority?.certificate?.validTo ?? []);
      return ends.length === 0 ? null : Math.max(...ends);
    }
    default:
      return null;
  }
}
