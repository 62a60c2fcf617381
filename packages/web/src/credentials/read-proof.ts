/** What somebody typed or pasted where a certificate is asked for. Pure; what a PEM says, the server reads. */
export type Proof =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'thumbprint'; readonly hex: string }
  | { readonly kind: 'pem'; readonly pem: string }
  | { readonly kind: 'invalid'; readonly why: string };

const HEX_LENGTHS = [40, 64];

export function readProof(typed: string): Proof {
  const text = typed.trim();
  if (text === '') return { kind: 'nothing' };
  if (text.startsWith('-----BEGIN')) return { kind: 'pem', pem: text };
  const hex = text.replace(/[:\s]/g, '').toUpperCase();
  if (!/^[0-9A-F]*$/.test(hex)) {
    return { kind: 'invalid', why: 'This is neither a certificate (-----BEGIN CERTIFICATE-----…) nor hex digits' };
  }
  if (!HEX_LENGTHS.includes(hex.length)) {
    return { kind: 'invalid', why: `A thumbprint has 64 hex digits (SHA-256) or 40 (SHA-1); these are ${hex.length}` };
  }
  return { kind: 'thumbprint', hex };
}

const DAY_MS = 86_400_000;
/** Certificates that end sooner are worth a word. */
const SOON_DAYS = 30;

/** What is wrong with the time a certificate is valid, or will be soon; null when nothing is. */
export function validityWarning(validFrom: string, validTo: string, nowMs: number): string | null {
  const days = Math.floor((Date.parse(validTo) - nowMs) / DAY_MS);
  if (days < 0) return 'This certificate has expired: a device with it is refused.';
  if (Date.parse(validFrom) > nowMs)
    return 'This certificate is not valid yet: a device with it is refused until then.';
  return days < SOON_DAYS ? `This certificate expires in ${days === 1 ? '1 day' : `${days} days`}.` : null;
}
