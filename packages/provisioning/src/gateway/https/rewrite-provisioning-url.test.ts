import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteProvisioningUrl } from './rewrite-provisioning-url.ts';

const PIECE = fc.oneof(fc.constantFrom('/', '%2f', '%2F', '%25', '?', 'Query', 'Operations', '.'), fc.string());

describe('rewriteProvisioningUrl', () => {
  it.each([
    ['/enrollmentGroups/MyGroup?api-version=2021-10-01', '/enrollmentgroups/MyGroup?api-version=2021-10-01'],
    ['/enrollments/?api-version=1', '/enrollments?api-version=1'],
    ['/Enrollments/Query', '/enrollments/query'],
    ['/enrollments/Dev-1/AttestationMechanism/', '/enrollments/Dev-1/attestationmechanism'],
    ['/enrollmentGroups%2FG%2Fattestationmechanism', '/enrollmentgroups/G/attestationmechanism'],
    ['/Registrations/G1/Query', '/registrations/G1/query'],
    ['/enrollments/a%3Ab', '/enrollments/a%3Ab'],
    ['/0ne00AB12CD/Registrations/Dev-1/Register?x=1', '/0ne00AB12CD/registrations/Dev-1/register?x=1'],
    ['/0ne00AB12CD/registrations/Dev-1/operations/4.Ab.Cd', '/0ne00AB12CD/registrations/Dev-1/operations/4.Ab.Cd'],
    ['/provisioningAttempts?top=5', '/provisioningattempts?top=5'],
    ['/linkedHubs/Hub.example/Test', '/linkedhubs/Hub.example/test'],
    ['/uploads/Registrations/A/', '/uploads/Registrations/A/'],
    ['/credentialPolicies/My/Certificate', '/credentialpolicies/My/certificate'],
    ['/devices/Query', '/devices/Query'],
    ['/', '/'],
  ])('turns %s into %s', (url, expected) => {
    expect(rewriteProvisioningUrl(url)).toBe(expected);
  });

  it('has nothing left to do the second time, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(PIECE), fc.constantFrom('/enrollments', '/0neA/registrations', '/x'), (pieces, first) => {
        const once = rewriteProvisioningUrl(`${first}${pieces.join('')}`);
        expect(rewriteProvisioningUrl(once)).toBe(once);
      }),
    );
  });
});
