import {
  ALLOCATION_POLICIES,
  type AllocationPolicyName,
  type AttemptView,
  type AttestationView,
  type EnrollmentKindName,
  type EnrollmentSettings,
} from '@viaduct/contracts';

export const KIND_WORDS: Readonly<Record<EnrollmentKindName, string>> = {
  group: 'Enrolment group',
  individual: 'Individual enrolment',
};

/** How devices prove themselves: in a list, and in a sentence. */
export const PROOF_WORDS: Readonly<Record<AttestationView['kind'], { readonly short: string; readonly long: string }>> =
  {
    symmetricKey: { short: 'Key', long: 'a key' },
    clientCertificates: { short: 'Own certificate', long: 'a certificate of its own' },
    signingCertificates: { short: 'Signing certificate', long: 'a certificate that this group signs' },
    caReferences: { short: 'Certificate authority', long: 'a certificate of an authority' },
    tpm: { short: 'TPM', long: 'a TPM' },
  };

/** Whom it lets in, in a sentence. */
export function lettingIn(kind: EnrollmentKindName, id: string, proof: AttestationView): string {
  if (kind === 'group') return groupSentence(proof);
  switch (proof.kind) {
    case 'symmetricKey':
      return `The one device that signs with a key of this enrolment and calls itself ${id}.`;
    case 'tpm':
      return `The one device whose TPM has this endorsement key, by the name ${id}.`;
    default:
      return `The one device that shows exactly this certificate, with the common name ${id}.`;
  }
}

function groupSentence(proof: AttestationView): string {
  switch (proof.kind) {
    case 'symmetricKey':
      return 'Every device that signs with a key derived from a key of this group and its own registration id.';
    case 'caReferences':
      return `Every device whose certificate ${names(proof.primary.name, proof.secondary?.name)} signed, directly or through others; the common name is its registration id.`;
    default:
      return 'Every device whose certificate was signed with this one, directly or through others; the common name is its registration id.';
  }
}

function names(primary: string, secondary: string | undefined): string {
  return secondary === undefined ? primary : `${primary} or ${secondary}`;
}

const ALLOCATION_WORDS: Readonly<Record<AllocationPolicyName, { readonly title: string; readonly text: string }>> = {
  hashed: {
    title: 'Evenly',
    text: 'Spread evenly over the hubs, by their weights; the same device gets the same hub.',
  },
  geoLatency: { title: 'Nearest', text: 'The hub that answers fastest.' },
  static: { title: 'One hub', text: 'Always the one hub that the enrolment names.' },
  custom: { title: 'Webhook', text: 'A webhook of yours decides for each device.' },
};

export const ALLOCATION_CHOICES = ALLOCATION_POLICIES.map((value) => ({
  value,
  label: `${ALLOCATION_WORDS[value].title}: ${ALLOCATION_WORDS[value].text}`,
}));

/** To which hub a device goes, in a sentence. */
export function allocationWords(
  settings: EnrollmentSettings,
  serviceDefault: AllocationPolicyName | undefined,
): string {
  const policy = settings.allocationPolicy ?? serviceDefault;
  const whence = settings.allocationPolicy === null ? ', as this server is set' : '';
  const hubs = settings.hubs.length === 0 ? 'all linked hubs' : settings.hubs.join(', ');
  if (policy === undefined) return `Among ${hubs}.`;
  return policy === 'static' ? `Always ${hubs}.` : `${ALLOCATION_WORDS[policy].text} Among ${hubs}${whence}.`;
}

/** What happens to a device that comes back, in a sentence. */
export function returnWords({ mayMove, keepsTwin }: EnrollmentSettings): string {
  if (!mayMove) return 'Stays with the hub it has.';
  return keepsTwin
    ? 'May be given another hub; its twin goes with it.'
    : 'May be given another hub; its twin begins anew there.';
}

const TRANSPORT_WORDS: Readonly<Record<string, string>> = {
  mqtt: 'MQTT',
  'mqtt-ws': 'MQTT over WebSocket',
  amqp: 'AMQP',
  'amqp-ws': 'AMQP over WebSocket',
  https: 'HTTPS',
};

export function transportWords(transport: string): string {
  return TRANSPORT_WORDS[transport] ?? transport;
}

export const CREDENTIAL_WORDS: Readonly<Record<AttemptView['credential'], string>> = {
  symmetricKey: 'key',
  x509: 'certificate',
  tpm: 'TPM',
  none: 'no credential',
};

const SUBSTATUS_WORDS: Readonly<Record<string, string>> = {
  initialAssignment: 'first time here',
  deviceDataMigrated: 'moved to another hub, with its twin',
  deviceDataReset: 'moved to another hub, twin begun anew',
  reprovisionedToInitialAssignment: 'came back to its first hub',
};

export function substatusWords(substatus: string | null): string | null {
  return substatus === null ? null : (SUBSTATUS_WORDS[substatus] ?? substatus);
}

/** Letters, digits and - . _ : with a letter or digit at both ends: the rule of the wire, which the server says again. */
export function isEnrollmentId(id: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,126}[A-Za-z0-9])?$/.test(id);
}

export const ID_RULE = 'Letters, digits and - . _ : with a letter or digit first and last';
