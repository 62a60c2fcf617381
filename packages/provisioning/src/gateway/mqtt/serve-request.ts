import { bookRefusal } from '../../core/attestation/authenticate-registration.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import { getOperation, getRegistrationState } from '../../core/registration/get-registration.ts';
import type { RegistrationCaller, RegistrationRequest } from '../../core/registration/register.ts';
import { registerDevice } from '../../core/registration/register-device.ts';
import { readRegistrationInput } from '../registration-input.ts';
import { lookupAnswer, operationAnswer, type RegistrationAnswer } from './registration-answer.ts';
import type { RegistrationTopic } from './registration-topic.ts';

/**
 * Does what a device asks for, and words the answer. Each request proves anew who the device is: a token may have run out, and an enrolment
 * changed, since the CONNECT.
 *
 * @throws HubError what the core refuses, and what cannot be read; booked
 */
export async function serveRequest(
  p: Provisioning,
  caller: RegistrationCaller,
  topic: RegistrationTopic,
  body: Buffer,
): Promise<RegistrationAnswer> {
  const { requestId } = topic;
  switch (topic.kind) {
    case 'poll':
      return operationAnswer(p, requestId, await getOperation(p, caller, topic.operationId));
    case 'lookup':
      return lookupAnswer(requestId, await getRegistrationState(p, caller, readInput(p, caller, body)));
    case 'register': {
      const request = { ...readInput(p, caller, body), forceRegistration: topic.isForced };
      return operationAnswer(p, requestId, await registerDevice(p, caller, request));
    }
    default:
      return topic satisfies never;
  }
}

function readInput(p: Provisioning, caller: RegistrationCaller, body: Buffer): RegistrationRequest {
  try {
    return readRegistrationInput(body, caller.registrationId);
  } catch (error) {
    bookRefusal(p, caller, undefined, error);
    throw error;
  }
}
