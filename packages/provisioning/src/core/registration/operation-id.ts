import { createHmac, timingSafeEqual } from 'node:crypto';
import { type MakesRandomness, newGuid } from '@viaduct/hub';
import type { KeepsSettings } from '../ports.ts';

const OPERATION_ID = /^4\.([0-9a-f]{16})\.([0-9a-f-]{36})$/;

/**
 * The name of one time that a device registers: `4.{16 hex digits}.{guid}`.
 *
 * The hex digits prove that we gave it to this registration, so none need be kept: when two devices race for one registration id, both
 * names are good for an answer.
 */
export function newOperationId(p: KeepsSettings & MakesRandomness, registrationId: string): string {
  const guid = newGuid(p);
  return `4.${proofOf(p, registrationId, guid)}.${guid}`;
}

export function isOperationOf(p: KeepsSettings, registrationId: string, operationId: string): boolean {
  const [, proof, guid] = OPERATION_ID.exec(operationId) ?? [];
  if (proof === undefined || guid === undefined) return false;
  return timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(p, registrationId, guid)));
}

function proofOf({ secret }: KeepsSettings, registrationId: string, guid: string): string {
  const signed = createHmac('sha256', secret).update(`operation\0${registrationId.toLowerCase()}\0${guid}`);
  return signed.digest('hex').slice(0, 16);
}
