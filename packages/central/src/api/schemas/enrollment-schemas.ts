import { collection, FLAG, object, oneOf, readOnly, ref, type Schemas, text, union, variant } from './schema.ts';

export const ENROLLMENT_SCHEMAS: Schemas = {
  EnrollmentGroup: object(
    {
      id: readOnly(text()),
      displayName: text({ minLength: 1 }),
      enabled: FLAG,
      type: oneOf('iot', 'iotEdge'),
      attestation: ref('GroupAttestation'),
      etag: text(),
      idScope: readOnly(text()),
    },
    'displayName',
    'type',
    'attestation',
  ),
  EnrollmentGroupCollection: collection('EnrollmentGroup'),
  GroupAttestation: union('GroupSymmetricKeyAttestation', 'GroupX509Attestation'),
  GroupSymmetricKeyAttestation: variant('symmetricKey', { symmetricKey: ref('SymmetricKey') }),
  GroupX509Attestation: variant('x509', { x509: ref('SigningX509') }),
  SigningX509: object({ signingCertificates: ref('SigningX509Certificates') }),
  SigningX509Certificates: object({
    primary: ref('SigningX509Certificate'),
    secondary: ref('SigningX509Certificate'),
  }),
  SigningX509Certificate: object({
    verified: FLAG,
    certificate: text(),
    info: readOnly(ref('X509CertificateInfo')),
    etag: text(),
  }),
  X509VerificationCode: object({ verificationCode: readOnly(text()) }),
  X509VerificationCertificate: object({ certificate: text({ minLength: 1 }) }, 'certificate'),
};
