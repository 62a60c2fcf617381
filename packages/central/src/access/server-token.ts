import { createHmac, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '@viaduct/contracts';
import type { Central } from '../central.ts';
import { type ApiTokenText, formatApiToken } from './api-token-text.ts';

/** Its id; no token that people make may have it. */
export const SERVER_TOKEN_ID = 'ready-file';

type Signs = Pick<Central, 'applicationId' | 'encryptionKey' | 'hub'>;

/**
 * A token of an administrator for whoever may read the data folder: scripts find it in the ready file. It is signed with the key of the
 * folder instead of being kept, so each start makes one and none piles up; a new key ends them all.
 */
export function makeServerToken(central: Signs): string {
  const { applicationId, hub } = central;
  const expiresTime = hub.clock.now() + LIMITS.API_TOKEN_DAYS_DEFAULT * 86_400_000;
  const signature = signatureOf(central, expiresTime).toString('base64');
  return formatApiToken({ applicationId, signature, tokenId: SERVER_TOKEN_ID, expiresTime });
}

/** Whether its signature is ours; its time is the caller's to look at. */
export function isServerToken(central: Signs, { signature, expiresTime }: ApiTokenText): boolean {
  const [given, ours] = [Buffer.from(signature, 'base64'), signatureOf(central, expiresTime)];
  return given.length === ours.length && timingSafeEqual(given, ours);
}

function signatureOf({ applicationId, encryptionKey }: Signs, expiresTime: number): Buffer {
  return createHmac('sha256', encryptionKey).update(`viaduct central\n${applicationId}\n${expiresTime}`).digest();
}
