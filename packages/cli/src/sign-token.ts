import { createHmac } from 'node:crypto';
import { formatSas, sasSignedText } from '@viaduct/contracts';

export interface TokenRequest {
  readonly resource: string;
  /** Base64. */
  readonly key: string;
  /** Absent for a device's own key. */
  readonly policy?: string;
  readonly expiresAtSeconds: number;
}

/** A shared access signature. Source: Azure IoT Hub, "Security token structure": the key is base64, decoded before use. */
export function signToken({ resource, key, policy, expiresAtSeconds }: TokenRequest): string {
  const signedText = sasSignedText(resource, expiresAtSeconds);
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(signedText).digest('base64');
  return formatSas(resource, signature, expiresAtSeconds, policy);
}
