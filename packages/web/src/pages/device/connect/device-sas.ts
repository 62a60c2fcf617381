import { formatSas, sasSignedText } from '@viaduct/contracts';

/** Life of a token made in the page: long enough for an afternoon of trying things out. */
export const SNIPPET_TOKEN_SECONDS = 86_400;

/**
 * A shared access signature for one device, made in the browser so that the key takes no detour.
 *
 * @param key base64, as in the connection string
 */
export async function makeDeviceSas(hostName: string, deviceId: string, key: string, nowMs: number): Promise<string> {
  const resource = `${hostName}/devices/${deviceId}`;
  const expiresAt = Math.floor(nowMs / 1_000) + SNIPPET_TOKEN_SECONDS;
  const secret = await crypto.subtle.importKey('raw', bytesOf(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signed = await crypto.subtle.sign('HMAC', secret, new TextEncoder().encode(sasSignedText(resource, expiresAt)));
  return formatSas(resource, btoa(String.fromCharCode(...new Uint8Array(signed))), expiresAt);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
