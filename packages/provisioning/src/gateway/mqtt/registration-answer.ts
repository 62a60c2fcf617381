import { asHubError } from '@viaduct/contracts';
import { type JsonObject, newGuid } from '@viaduct/hub';
import type { RegistrationRecord } from '../../core/ports.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import { provisioningProblem } from '../problem.ts';
import { operationDocument, registrationStateDocument } from '../registration-document.ts';
import { answerTopic } from './registration-topic.ts';

/** A message to the device: what became of its request. */
export interface RegistrationAnswer {
  readonly topic: string;
  readonly payload: Buffer;
}

/** As long as a device waits that came when there was too much to do, seconds. */
const BUSY_SECONDS = 10;

/** How a registration goes: 202 and when to ask again while it is being assigned, 200 once it is not. */
export function operationAnswer(p: Provisioning, requestId: string, record: RegistrationRecord): RegistrationAnswer {
  const isUnderWay = record.status === 'assigning';
  const topic = answerTopic(isUnderWay ? 202 : 200, requestId, isUnderWay ? p.retryAfterSeconds : undefined);
  return { topic, payload: asciiJson(operationDocument(record)) };
}

/** Where a device was sent the last time. */
export function lookupAnswer(requestId: string, record: RegistrationRecord): RegistrationAnswer {
  return { topic: answerTopic(200, requestId, undefined), payload: asciiJson(registrationStateDocument(record)) };
}

/** Why not: the status in the topic, the problem in the body. */
export function problemAnswer(p: Provisioning, requestId: string, thrown: unknown): RegistrationAnswer {
  const error = asHubError(thrown);
  const { http } = error.row;
  const problem = provisioningProblem(error, newGuid(p), p.clock.now());
  return { topic: answerTopic(http, requestId, http >= 429 ? BUSY_SECONDS : undefined), payload: asciiJson(problem) };
}

/** JSON without a byte beyond ASCII: the Node client reads it as that. */
function asciiJson(document: JsonObject | object): Buffer {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return Buffer.from(JSON.stringify(document).replaceAll(/[\u0080-\uffff]/g, escaped), 'latin1');
}
