import { describe, expect, it } from 'vitest';
import type { EnrollmentRecord, LinkedHubRecord, RegistrationRecord } from '../ports.ts';
import { renewForDevice } from './renew-for-device.ts';

const GROUP = { kind: 'group', id: 'pumps', status: 'enabled', credentialPolicyName: 'default', deviceId: null };
const REGISTRATION = {
  registrationId: 'pump-1',
  ...{ enrollmentKind: 'group', enrollmentId: 'pumps', status: 'assigned' },
  ...{ hubName: 'here', deviceId: 'pump-1', issuedCertificateChain: ['before'] },
};

interface Known {
  readonly registration?: object | undefined;
  readonly group?: object | undefined;
  readonly individual?: object;
  readonly issuedTo?: readonly string[];
}

/** What renewal looks at, as it is kept; and what is asked of the issuer. */
function renew({ registration = REGISTRATION, group = GROUP, individual, issuedTo = ['pump-1'] }: Known = {}) {
  const enrollments = new Map<string, object | undefined>([
    ['group pumps', group],
    ['individual pump-1', individual],
  ]);
  const hubs: Record<string, Partial<LinkedHubRecord>> = { here: { kind: 'local' }, there: { kind: 'remote' } };
  const ports = {
    registrations: { find: async () => registration as RegistrationRecord | undefined },
    enrollments: { find: async (kind: string, id: string) => enrollments.get(`${kind} ${id}`) as EnrollmentRecord },
    linkedHubs: { find: async (name: string) => hubs[name] as LinkedHubRecord | undefined },
    issuer: {
      registrationsOf: async (deviceId: string) => (deviceId === 'pump-1' ? issuedTo : []),
      issue: async (request: object) => ({ chain: [JSON.stringify(request)], thumbprint: '', notAfter: 0 }),
    },
  };
  return renewForDevice(ports as unknown as Parameters<typeof renewForDevice>[0], 'pump-1', 'AAAA');
}

describe('renewForDevice', () => {
  it('issues by the policy that the enrolment names now', async () => {
    const [issued] = await renew({ group: { ...GROUP, credentialPolicyName: 'short' } });
    expect(JSON.parse(issued ?? '')).toEqual({
      ...{ policyName: 'short', commonName: 'pump-1', deviceId: 'pump-1', csr: 'AAAA' },
    });
  });

  it('goes by an individual enrolment before a group', async () => {
    const individual = { ...GROUP, kind: 'individual', id: 'pump-1', status: 'disabled' };
    await expect(renew({ individual })).rejects.toMatchObject({ code: 'enrollment.disabled' });
  });

  it.each<[string, Known, string, RegExp]>([
    [
      'to which no certificate was issued',
      { issuedTo: [] },
      'renewal.notAllowed',
      /no certificate was issued to "pump-1"/,
    ],
    [
      'that registered without a request since',
      { registration: { ...REGISTRATION, issuedCertificateChain: null } },
      'renewal.notAllowed',
      /when it registered last/,
    ],
    [
      'that was sent to another hub',
      { registration: { ...REGISTRATION, hubName: 'there' } },
      'renewal.notAllowed',
      /issued/,
    ],
    [
      'that has another device id now',
      { registration: { ...REGISTRATION, deviceId: 'pump-2' } },
      'renewal.notAllowed',
      /issued/,
    ],
    [
      'whose group is disabled',
      { group: { ...GROUP, status: 'disabled' } },
      'enrollment.disabled',
      /group "pumps" is disabled/,
    ],
    [
      'whose group names no policy any more',
      { group: { ...GROUP, credentialPolicyName: null } },
      'csr.invalid',
      /no credential policy/,
    ],
  ])('refuses a device %s', async (_what, known, code, message) => {
    await expect(renew(known)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('refuses a device whose group is gone', async () => {
    const registration = { ...REGISTRATION, enrollmentId: 'others' };
    await expect(renew({ registration })).rejects.toMatchObject({ code: 'renewal.notAllowed' });
  });
});
