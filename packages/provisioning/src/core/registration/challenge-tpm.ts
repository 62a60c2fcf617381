import { HubError } from '@viaduct/contracts';
import type { MakesRandomness, Transport } from '@viaduct/hub';
import { type Authenticates, bookRefusal, requireScope } from '../attestation/authenticate-registration.ts';
import type { EnrollmentRecord } from '../ports.ts';
import { makeTpmChallenge } from '../tpm/tpm-challenge.ts';
import { claimTpm } from '../tpm/tpm-claim.ts';
import type { TpmKeys } from './register.ts';
import { requireRegistrationId } from './registration-id.ts';

/** A device with a TPM that has nothing to show yet. */
export interface TpmCaller {
  readonly idScope: string;
  readonly registrationId: string;
  readonly tpm: TpmKeys;
  readonly transport: Transport;
  readonly remoteAddress: string;
}

/**
 * The key that a device must sign its token with, wrapped so that only the TPM of its enrolment can use it. Nothing is kept.
 *
 * @throws HubError registration.idInvalid, provisioning.scopeUnknown, enrollment.notFound, credential.wrongType, tpm.*; booked as an attempt
 */
export async function challengeTpm(p: Authenticates & MakesRandomness, caller: TpmCaller): Promise<Buffer> {
  let enrollment: EnrollmentRecord | undefined;
  try {
    const registrationId = requireRegistrationId(caller.registrationId);
    await requireScope(p, caller.idScope);
    enrollment = await p.enrollments.find('individual', registrationId);
    if (enrollment === undefined) {
      const text = `there is no individual enrolment "${registrationId}", which a TPM needs`;
      throw new HubError('enrollment.notFound', text);
    }
    return makeTpmChallenge(p, claimTpm(enrollment, registrationId, caller.tpm));
  } catch (thrown) {
    const credential = { token: undefined, certificate: undefined, tpm: caller.tpm };
    bookRefusal(p, { ...caller, credential }, enrollment, thrown);
    throw thrown;
  }
}
