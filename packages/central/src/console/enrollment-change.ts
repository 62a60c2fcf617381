import type { AttestationInput, EnrollmentInput, EnrollmentSettings } from '@viaduct/contracts';
import type { JsonObject } from '@viaduct/hub';
import { type EnrollmentRecord, enrollmentDocument } from '@viaduct/provisioning';
import { enrollmentSettings } from './enrollment-view.ts';

/** Of the webhook: what requests to it look like. Source: Azure DPS, "custom allocation policies". */
const WEBHOOK_API_VERSION = '2021-10-01';

/** What an enrolment is like of which nothing is said. */
const DEFAULTS: EnrollmentSettings = {
  deviceId: null,
  isEdge: false,
  initialTwin: { tags: {}, desired: {} },
  mayMove: true,
  keepsTwin: true,
  allocationPolicy: null,
  hubs: [],
  webhookUrl: null,
  credentialPolicy: null,
};

/**
 * The document that a back end would send for what somebody changed in the console: the core reads both alike, and says what is wrong.
 * Where nothing is said, an enrolment stays as it is; a document that was read keeps its keys and certificates.
 */
export function changedEnrollment(input: EnrollmentInput, before?: EnrollmentRecord): JsonObject {
  const { proof, status } = input;
  const settings = { ...(before === undefined ? DEFAULTS : enrollmentSettings(before)), ...input.settings };
  return {
    ...(before === undefined ? {} : enrollmentDocument(before)),
    ...settingsDocument(settings, before),
    ...(proof === undefined ? {} : { attestation: attestationOf(proof) }),
    ...(status === undefined ? {} : { provisioningStatus: status }),
  };
}

function settingsDocument(settings: EnrollmentSettings, before: EnrollmentRecord | undefined): JsonObject {
  const { deviceId, isEdge, initialTwin, mayMove, keepsTwin, allocationPolicy, hubs, webhookUrl } = settings;
  const { tags, desired } = initialTwin;
  const apiVersion = before?.customAllocation?.apiVersion ?? WEBHOOK_API_VERSION;
  return {
    deviceId,
    capabilities: { iotEdge: isEdge },
    initialTwin: { tags, properties: { desired } },
    reprovisionPolicy: { updateHubAssignment: mayMove, migrateDeviceData: keepsTwin },
    allocationPolicy,
    iotHubs: hubs,
    // The older member, for one hub: it would contradict what was chosen.
    iotHubHostName: null,
    customAllocationDefinition: webhookUrl === null ? null : { webhookUrl, apiVersion },
    credentialPolicyName: settings.credentialPolicy,
  };
}

function attestationOf(proof: AttestationInput): JsonObject {
  switch (proof.kind) {
    case 'symmetricKey': {
      // An empty one asks for a new one.
      const { primaryKey = '', secondaryKey = '' } = proof;
      return { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey } };
    }
    case 'tpm': {
      const { endorsementKey, storageRootKey } = proof;
      return { type: 'tpm', tpm: { endorsementKey, storageRootKey } };
    }
    case 'caReferences': {
      const { primary, secondary } = proof;
      return { type: 'x509', x509: { caReferences: { primary, secondary } } };
    }
    case 'clientCertificates':
    case 'signingCertificates': {
      const { kind, primary, secondary } = proof;
      const pair = {
        primary: { certificate: primary },
        secondary: secondary === null ? null : { certificate: secondary },
      };
      return { type: 'x509', x509: { [kind]: pair } };
    }
    default:
      return proof satisfies never;
  }
}
