import { HubError, LIMITS } from '@viaduct/contracts';

/** A certificate file as text: PEM as it is, DER as base64. @throws HubError certificate.invalid when it is too large */
export async function readCertificateFile(file: Blob): Promise<string> {
  if (file.size > LIMITS.PEM_CHARACTERS_MAX) {
    throw new HubError('certificate.invalid', 'This file is too large to be a certificate.');
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return text.includes('-----BEGIN') ? text : btoa(text);
}
