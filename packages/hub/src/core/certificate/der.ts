/** Where one DER value lies in the bytes around it: its tag, and its content from `start` to `end`. */
export interface DerValue {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The values that follow each other in [start, end). Pure. What is cut off or too long to be true ends the list: whoever
 * reads a certificate has had OpenSSL parse it before, so there is nothing to report.
 *
 * Source: X.690 §8.1 (identifier and length octets).
 */
export function derValues(der: Buffer, { start, end }: Pick<DerValue, 'start' | 'end'>): readonly DerValue[] {
  const found: DerValue[] = [];
  let at = start;
  while (at + 2 <= end) {
    const tag = der.readUInt8(at);
    const first = der.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    if (lengthBytes > 4 || at + 2 + lengthBytes > end) break;
    const size = lengthBytes === 0 ? first & 0x7f : der.readUIntBE(at + 2, lengthBytes);
    const from = at + 2 + lengthBytes;
    if (from + size > end) break;
    found.push({ tag, start: from, end: from + size });
    at = from + size;
  }
  return found;
}
