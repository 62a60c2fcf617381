import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Randomness } from '@viaduct/hub';

const TOKEN_BYTES = 32;

/** A bearer secret of 256 random bits, in base64url: fits a cookie and a link. */
export function newSecretToken(random: Randomness): string {
  return random.bytes(TOKEN_BYTES).toString('base64url');
}

/** What is kept of it. Plain SHA-256 is enough: 256 random bits cannot be guessed, however fast the hash. */
export function hashSecretToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** The anti-forgery token of a session: follows from its secret, so nothing has to be kept, and fits no other session. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('viaduct console csrf').digest('base64url');
}

export function isCsrfTokenOf(sessionToken: string, claimed: string): boolean {
  return timingSafeEqual(hashSecretToken(csrfTokenOf(sessionToken)), hashSecretToken(claimed));
}
