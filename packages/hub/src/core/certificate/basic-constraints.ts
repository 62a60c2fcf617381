/**
 * How many intermediates a certificate allows below itself: `pathLenConstraint` of its basic constraints, which Node's
 * X509Certificate does not tell. Pure: DER in, the number out; undefined when there is no such constraint.
 *
 * Source: RFC 5280 §4.1 (shape of a certificate), §4.2.1.9 (basic constraints), X.690 §8 (how DER frames a value).
 */
export function pathLengthOf(der: Buffer): number | undefined {
  const certificate = children(der, 0, der.length)[0];
  const body = certificate && children(der, certificate.start, certificate.end)[0];
  const wrapped = body && children(der, body.start, body.end).find(({ tag }) => tag === Tag.extensions);
  const list = wrapped && children(der, wrapped.start, wrapped.end)[0];
  if (list === undefined) return undefined;
  for (const extension of children(der, list.start, list.end)) {
    const parts = children(der, extension.start, extension.end);
    if (!parts.some((part) => isBasicConstraints(der, part))) continue;
    const value = parts.find(({ tag }) => tag === Tag.octetString);
    return value && pathLengthIn(der, value);
  }
  return undefined;
}

const Tag = { integer: 0x02, octetString: 0x04, objectIdentifier: 0x06, extensions: 0xa3 } as const;

/** 2.5.29.19 */
const BASIC_CONSTRAINTS = Buffer.from([0x55, 0x1d, 0x13]);

interface Value {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

function isBasicConstraints(der: Buffer, { tag, start, end }: Value): boolean {
  return tag === Tag.objectIdentifier && der.subarray(start, end).equals(BASIC_CONSTRAINTS);
}

function pathLengthIn(der: Buffer, octets: Value): number | undefined {
  const constraints = children(der, octets.start, octets.end)[0];
  const parts = constraints ? children(der, constraints.start, constraints.end) : [];
  const length = parts.find(({ tag }) => tag === Tag.integer);
  if (length === undefined) return undefined;
  // Longer than any chain is as good as the longest; what is no small positive number allows nothing.
  const size = length.end - length.start;
  return size >= 1 && size <= 4 ? Math.max(0, der.readIntBE(length.start, size)) : 0;
}

/** The values that follow each other in [start, end). What is cut off or too long to be true ends the list. */
function children(der: Buffer, start: number, end: number): readonly Value[] {
  const found: Value[] = [];
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
