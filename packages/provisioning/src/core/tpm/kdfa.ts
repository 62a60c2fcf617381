import { createHmac } from 'node:crypto';
import { uint32 } from './marshal.ts';

/** What derived keys are for. Source: TPM 2.0 Part 1 §23.3.2.3 and §24.4 to §24.6 */
export type KdfaLabel = 'STORAGE' | 'INTEGRITY';

const DIGEST_BYTES = 32;

/**
 * Derives a key as a TPM does: NIST SP 800-108 in counter mode, with HMAC-SHA256. Pure.
 *
 *     K(i) = HMAC(seed, UINT32 i ‖ label ‖ 00 ‖ context ‖ UINT32 bits)
 *
 * Source: TPM 2.0 Part 1 §11.4.10.2, KDFa; `context` is contextU, and contextV is never used here.
 */
export function kdfa(seed: Buffer, label: KdfaLabel, context: Buffer, bits: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bits / 8 / DIGEST_BYTES) }, (_, index) =>
    createHmac('sha256', seed)
      .update(Buffer.concat([uint32(index + 1), Buffer.from(`${label}\0`), context, uint32(bits)]))
      .digest(),
  );
  return Buffer.concat(blocks).subarray(0, bits / 8);
}
