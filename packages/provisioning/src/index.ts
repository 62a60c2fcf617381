export { AllocationWebhook } from './client/allocation-webhook.ts';
export { hubClients } from './client/hub-clients.ts';
export { LatencyBook } from './client/latency-book.ts';
export { AttemptBook, type AttemptListener } from './core/attempt/attempt-book.ts';
export {
  type AuthenticatedRegistration,
  authenticateRegistration,
} from './core/attestation/authenticate-registration.ts';
export { deriveDeviceKey } from './core/attestation/derive-key.ts';
export { applyToDevices, type DeviceAction, type DevicesOutcome } from './core/enrollment/apply-to-devices.ts';
export { type BulkOutcome, type BulkRefusal, bulkEnrollments } from './core/enrollment/bulk-enrollments.ts';
export { bulkWithDevices, putWithDevices, removeWithDevices } from './core/enrollment/change-with-devices.ts';
export { attestationDocument, enrollmentDocument } from './core/enrollment/enrollment-document.ts';
export { getEnrollment } from './core/enrollment/get-enrollment.ts';
export { putEnrollment } from './core/enrollment/put-enrollment.ts';
export { type EnrollmentPage, queryEnrollments } from './core/enrollment/query-enrollments.ts';
export { removeEnrollment } from './core/enrollment/remove-enrollment.ts';
export { CertificateIssuer, type CertificateIssuerOptions } from './core/issuance/certificate-issuer.ts';
export {
  CERTIFICATE_KEY_TYPES,
  type CredentialPolicyInput,
  createCredentialPolicy,
  DEFAULT_CREDENTIAL_POLICY,
  getCredentialPolicy,
  listCredentialPolicies,
  removeCredentialPolicy,
  updateCredentialPolicy,
} from './core/issuance/credential-policy.ts';
export { type IssueRequest, issueForDevice, requirePolicyName } from './core/issuance/issue-for-device.ts';
export { type CertificateRequest, readCertificateRequest } from './core/issuance/read-certificate-request.ts';
export { renewForDevice } from './core/issuance/renew-for-device.ts';
export { type TrustsAuthorities, trustAtHub } from './core/issuance/trust-at-hub.ts';
export { linkOwnHub } from './core/linked-hub/link-own-hub.ts';
export {
  changeLinkedHub,
  getLinkedHub,
  type LinkedHubInput,
  linkHub,
  listLinkedHubs,
  newLinkedHub,
  unlinkHub,
} from './core/linked-hub/linked-hub.ts';
export { tryLinkedHub } from './core/linked-hub/try-linked-hub.ts';
export type * from './core/ports.ts';
export type { BooksAttempts, Provisioning } from './core/provisioning.ts';
export { type AssignmentStats, AssignmentWorker } from './core/registration/assignment-worker.ts';
export { challengeTpm, type TpmCaller } from './core/registration/challenge-tpm.ts';
export { getOperation, getRegistrationState } from './core/registration/get-registration.ts';
export type {
  RegistrationCaller,
  RegistrationCredential,
  RegistrationRequest,
  TpmKeys,
} from './core/registration/register.ts';
export { registerDevice } from './core/registration/register-device.ts';
export { isRegistrationId, requireRegistrationId } from './core/registration/registration-id.ts';
export { getRegistration, listRegistrations, removeRegistration } from './core/registration/registration-state.ts';
export { REGISTRATION_RATES, RegistrationThrottle } from './core/registration/registration-throttle.ts';
export { AmqpProvisioning, type AmqpProvisioningOptions } from './gateway/amqp/amqp-provisioning.ts';
export { provisioningRest } from './gateway/https/provisioning-rest.ts';
export { refuseProvisioningAddress } from './gateway/https/refuse-provisioning-address.ts';
export { rewriteProvisioningUrl } from './gateway/https/rewrite-provisioning-url.ts';
export { MqttProvisioning, type MqttProvisioningOptions } from './gateway/mqtt/mqtt-provisioning.ts';
export {
  openProvisioningStore,
  type ProvisioningStore,
  type ProvisioningStoreOptions,
} from './store/sqlite/open-provisioning-store.ts';
