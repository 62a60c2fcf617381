import { HubError } from '@viaduct/contracts';
import { type Authenticates, authenticateRegistration } from '../attestation/authenticate-registration.ts';
import type { RegistrationRecord } from '../ports.ts';
import type { ThrottlesRegistrations } from '../provisioning.ts';
import { isOperationOf } from './operation-id.ts';
import { type RegistrationCaller, type RegistrationRequest, withTpm } from './register.ts';

/**
 * How an operation goes: a poll. An operation that a later one of the same registration took over ends as that one does.
 *
 * @throws HubError as `authenticateRegistration`; registration.operationNotFound, registration.limitReached (retry)
 */
export async function getOperation(
  p: Authenticates & ThrottlesRegistrations,
  caller: RegistrationCaller,
  operationId: string,
): Promise<RegistrationRecord> {
  const { registrationId } = await authenticateRegistration(p, caller);
  p.registrationThrottle.takePoll(registrationId);
  const record = isOperationOf(p, registrationId, operationId) ? await p.registrations.find(registrationId) : undefined;
  if (record === undefined) {
    throw new HubError(
      'registration.operationNotFound',
      `there is no operation "${operationId.slice(0, 80)}" of "${registrationId}"`,
    );
  }
  if (operationId === record.operationId) return record;
  // What was issued since then is for another key than the one of this operation.
  return { ...record, operationId, issuedCertificateChain: null };
}

/**
 * Where a device was sent the last time, without asking for it anew.
 *
 * @throws HubError as `authenticateRegistration`; registration.notFound, registration.limitReached (retry), csr.invalid (nothing is issued here)
 */
export async function getRegistrationState(
  p: Authenticates & ThrottlesRegistrations,
  caller: RegistrationCaller,
  request: RegistrationRequest,
): Promise<RegistrationRecord> {
  const credential = withTpm(caller, request);
  const { registrationId } = await authenticateRegistration(p, { ...caller, credential });
  p.registrationThrottle.takePoll(registrationId);
  if (request.csr !== undefined) throw new HubError('csr.invalid', 'a lookup issues nothing: send the csr to register');
  const record = await p.registrations.find(registrationId);
  if (record !== undefined) return record;
  throw new HubError('registration.notFound', `"${registrationId}" has not registered`);
}
