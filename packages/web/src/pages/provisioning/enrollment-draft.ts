import type {
  AllocationPolicyName,
  AttestationInput,
  AttestationView,
  EnrollmentInput,
  EnrollmentKindName,
  EnrollmentSettings,
  EnrollmentView,
  JsonObject,
  NewEnrollment,
} from '@viaduct/contracts';
import { isEnrollmentId } from './enrollment-words.ts';

type ProofKind = AttestationView['kind'];

/** What stands in the two fields of a way to prove oneself: keys, PEM texts, names of authorities, or keys of a TPM. */
export interface ProofFields {
  readonly primary: string;
  readonly secondary: string;
}

/** What a person typed about an enrolment. */
export interface EnrollmentDraft {
  readonly kind: EnrollmentKindName;
  readonly id: string;
  /** `keep`: of one that exists, what it has. */
  readonly proof: ProofKind | 'keep';
  readonly fields: Readonly<Partial<Record<ProofKind, ProofFields>>>;
  readonly deviceId: string;
  readonly isEdge: boolean;
  /** JSON: tags, and desired properties. */
  readonly tags: string;
  readonly desired: string;
  readonly onReturn: 'move' | 'moveAnew' | 'stay';
  /** Empty for that of the server. */
  readonly allocationPolicy: AllocationPolicyName | '';
  readonly hubs: readonly string[];
  readonly webhookUrl: string;
  /** Empty for none. */
  readonly credentialPolicy: string;
}

export const PROOFS: Readonly<Record<EnrollmentKindName, readonly ProofKind[]>> = {
  group: ['symmetricKey', 'caReferences', 'signingCertificates'],
  individual: ['symmetricKey', 'clientCertificates', 'tpm'],
};

export function emptyDraft(kind: EnrollmentKindName, id = ''): EnrollmentDraft {
  return {
    kind,
    id,
    proof: 'symmetricKey',
    fields: {},
    deviceId: '',
    isEdge: false,
    tags: '{}',
    desired: '{}',
    onReturn: 'move',
    allocationPolicy: '',
    hubs: [],
    webhookUrl: '',
    credentialPolicy: '',
  };
}

/** To change one: it proves itself as it does, until somebody says otherwise. */
export function draftOf({ kind, id, settings }: EnrollmentView): EnrollmentDraft {
  return {
    ...emptyDraft(kind, id),
    proof: 'keep',
    deviceId: settings.deviceId ?? '',
    isEdge: settings.isEdge,
    tags: JSON.stringify(settings.initialTwin.tags, null, 2),
    desired: JSON.stringify(settings.initialTwin.desired, null, 2),
    onReturn: settings.mayMove ? (settings.keepsTwin ? 'move' : 'moveAnew') : 'stay',
    allocationPolicy: settings.allocationPolicy ?? '',
    hubs: settings.hubs,
    webhookUrl: settings.webhookUrl ?? '',
    credentialPolicy: settings.credentialPolicy ?? '',
  };
}

/** Why a draft cannot be sent yet, in words for the person; undefined when it can. */
export function missing(draft: EnrollmentDraft): string | undefined {
  if (!isEnrollmentId(draft.id)) return 'Give it an id.';
  const { primary = '' } = draft.proof === 'keep' ? {} : (draft.fields[draft.proof] ?? {});
  if (draft.proof === 'caReferences' && primary === '') return 'Choose a certificate authority.';
  if (draft.proof === 'tpm' && primary.trim() === '') return "Paste the TPM's endorsement key.";
  if (isCertificate(draft.proof) && primary.trim() === '') return 'Paste a certificate.';
  if (objectOf(draft.tags) === undefined) return 'The tags are no JSON object.';
  if (objectOf(draft.desired) === undefined) return 'The desired properties are no JSON object.';
  if (draft.allocationPolicy === 'static' && draft.hubs.length !== 1) return 'Choose the one hub that devices go to.';
  if (draft.allocationPolicy === 'custom' && !/^https?:\/\/./.test(draft.webhookUrl))
    return 'Give the URL of the webhook.';
  return undefined;
}

/** As it is sent. Of a draft that misses nothing. */
export function newEnrollment(draft: EnrollmentDraft): NewEnrollment {
  const { proof = { kind: 'symmetricKey' }, ...input } = enrollmentInput(draft);
  return { ...input, id: draft.id, proof };
}

export function enrollmentInput(draft: EnrollmentDraft): EnrollmentInput {
  const proof = draft.proof === 'keep' ? undefined : proofInput(draft.proof, draft.fields[draft.proof]);
  return { ...(proof === undefined ? {} : { proof }), settings: settingsOf(draft) };
}

function proofInput(kind: ProofKind, fields: ProofFields | undefined): AttestationInput {
  const primary = fields?.primary.trim() ?? '';
  const secondary = fields?.secondary.trim() ?? '';
  switch (kind) {
    case 'symmetricKey':
      return {
        kind,
        ...(primary === '' ? {} : { primaryKey: primary }),
        ...(secondary === '' ? {} : { secondaryKey: secondary }),
      };
    case 'tpm':
      return { kind, endorsementKey: primary, storageRootKey: secondary || null };
    default:
      return { kind, primary, secondary: secondary || null };
  }
}

function settingsOf(draft: EnrollmentDraft): EnrollmentSettings {
  const { deviceId, isEdge, tags, desired, onReturn, allocationPolicy, hubs, webhookUrl, credentialPolicy } = draft;
  return {
    deviceId: draft.kind === 'group' ? null : deviceId.trim() || null,
    isEdge,
    initialTwin: { tags: objectOf(tags) ?? {}, desired: objectOf(desired) ?? {} },
    mayMove: onReturn !== 'stay',
    keepsTwin: onReturn === 'move',
    allocationPolicy: allocationPolicy || null,
    hubs,
    webhookUrl: allocationPolicy === 'custom' ? webhookUrl.trim() : null,
    credentialPolicy: credentialPolicy || null,
  };
}

function isCertificate(proof: EnrollmentDraft['proof']): boolean {
  return proof === 'clientCertificates' || proof === 'signingCertificates';
}

/** Undefined for what is no JSON object. */
export function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined; // The parser's only way to say "not JSON".
  }
}
