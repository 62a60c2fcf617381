import { describe, expect, it } from 'vitest';
import type { CertificateFacts, RegistrationRecord } from '../core/ports.ts';
import { operationDocument, registrationStateDocument } from './registration-document.ts';

const record: RegistrationRecord = {
  registrationId: 'Dev1',
  enrollmentKind: 'group',
  enrollmentId: 'line-4',
  status: 'assigned',
  substatus: 'initialAssignment',
  operationId: '4.00112233aabbccdd.2f6c7a1e-0000-4000-8000-000000000001',
  pending: null,
  hubName: 'hub.example',
  assignedHub: 'hub.example',
  deviceId: 'dev1',
  touched: [],
  refusal: null,
  certificate: null,
  signer: null,
  issuedCertificateChain: null,
  tpmAuthenticationKey: null,
  createdTime: Date.UTC(2030, 0, 1),
  updatedTime: Date.UTC(2030, 0, 1, 0, 0, 1, 5),
  etag: 'e1',
};
const facts = (subjectName: string): CertificateFacts => ({
  subjectName,
  issuerName: 'CN=root',
  sha1Thumbprint: 'AA',
  sha256Thumbprint: 'BB',
  serialNumber: '01',
  version: 3,
  notBefore: Date.UTC(2030, 0, 1),
  notAfter: Date.UTC(2031, 0, 1),
});
const state = {
  registrationId: 'Dev1',
  createdDateTimeUtc: '2030-01-01T00:00:00.0000000Z',
  assignedHub: 'hub.example',
  deviceId: 'dev1',
  status: 'assigned',
  substatus: 'initialAssignment',
  errorCode: 0,
  lastUpdatedDateTimeUtc: '2030-01-01T00:00:01.0050000Z',
  etag: 'e1',
};

describe('operationDocument', () => {
  it('says no more than that it is under way, until it is not', () => {
    const { operationId } = record;
    expect(operationDocument({ ...record, status: 'assigning' })).toEqual({ operationId, status: 'assigning' });
  });

  it('tells a device of a group with a key where to go, and which group it is of', () => {
    const { operationId } = record;
    const registrationState = { ...state, symmetricKey: { enrollmentGroupId: 'line-4' } };
    expect(operationDocument(record)).toEqual({ operationId, status: 'assigned', registrationState });
  });

  it('tells of the certificate that was shown and of the one that signed it', () => {
    const withCertificate = { ...record, certificate: facts('CN=dev1'), signer: facts('CN=line') };
    const document = (subjectName: string) => ({
      subjectName,
      sha1Thumbprint: 'AA',
      sha256Thumbprint: 'BB',
      issuerName: 'CN=root',
      notBeforeUtc: '2030-01-01T00:00:00.0000000Z',
      notAfterUtc: '2031-01-01T00:00:00.0000000Z',
      serialNumber: '01',
      version: 3,
    });
    expect(registrationStateDocument(withCertificate)).toEqual({
      ...state,
      x509: {
        certificateInfo: document('CN=dev1'),
        enrollmentGroupId: 'line-4',
        signingCertificateInfo: document('CN=line'),
      },
    });
  });

  it('carries the key of a TPM, the answer of the webhook and the certificates that were issued', () => {
    const document = operationDocument({
      ...record,
      enrollmentKind: 'individual',
      tpmAuthenticationKey: 'AAAA',
      payload: { colour: 'red' },
      issuedCertificateChain: ['leaf', 'root'],
    });
    expect(document.registrationState).toEqual({
      ...state,
      payload: { colour: 'red' },
      tpm: { authenticationKey: 'AAAA' },
      issuedCertificateChain: ['leaf', 'root'],
    });
  });

  it('tells why it failed, with a number', () => {
    const refusal = { code: 'registration.hubMissing', message: 'no hub is linked' } as const;
    const failed = {
      ...record,
      status: 'failed',
      assignedHub: null,
      deviceId: null,
      substatus: null,
      refusal,
    } as const;
    const { assignedHub: _hub, deviceId: _device, substatus: _substatus, ...rest } = state;
    expect(operationDocument(failed).registrationState).toEqual({
      ...rest,
      status: 'failed',
      errorCode: 404205,
      errorMessage: 'no hub is linked',
    });
  });

  it('has null nowhere', () => {
    for (const status of ['unassigned', 'assigning', 'assigned', 'failed', 'disabled'] as const) {
      const bare = { ...record, status, assignedHub: null, deviceId: null, substatus: null, payload: null };
      expect(JSON.stringify([operationDocument(bare), registrationStateDocument(bare)])).not.toContain('null');
    }
  });
});
