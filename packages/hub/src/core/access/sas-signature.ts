import { createHmac, timingSafeEqual } from 'node:crypto';
import { formatSas, type SasToken, sasSignedText } from '@viaduct/contracts';

/**
 * How the key text becomes an HMAC key. IoT SDKs decode it from base64; Event Hubs clients use its UTF-8 bytes as they are.
 * The same policy key serves both, so a verifier of policy tokens tries both.
 */
export type KeyReading = 'base64' | 'utf8';

export function signatureMatches(token: SasToken, keyText: string | null, reading: KeyReading = 'base64'): boolean {
  if (!keyText) return false;
  const expected = createHmac('sha256', Buffer.from(keyText, reading)).update(token.signedText).digest();
  const presented = Buffer.from(token.signature, 'base64');
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}

/** A token as an IoT SDK would make it. `resource` unencoded: `hub/devices/d1`. */
export function signSas(resource: string, keyText: string, expiresAtSeconds: number, policy?: string): string {
  const signature = createHmac('sha256', Buffer.from(keyText, 'base64'))
    .update(sasSignedText(resource, expiresAtSeconds))
    .digest('base64');
  return formatSas(resource, signature, expiresAtSeconds, policy);
}
