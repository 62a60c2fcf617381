import { type DerValue, derValues } from './der.ts';

/**
 * How many intermediates a certificate allows below itself: `pathLenConstraint` of its basic constraints, which Node's
 * X509Certificate does not tell. Pure: DER in, the number out; undefined when there is no such constraint.
 *
 * Source: RFC 5280 §4.1 (shape of a certificate), §4.2.1.9 (basic constraints).
 */
export function pathLengthOf(der: Buffer): number | undefined {
  const [certificate] = derValues(der, { start: 0, end: der.length });
  const [body] = certificate ? derValues(der, certificate) : [];
  const wrapped = body && derValues(der, body).find(({ tag }) => tag === Tag.extensions);
  const [list] = wrapped ? derValues(der, wrapped) : [];
  for (const extension of list ? derValues(der, list) : []) {
    const parts = derValues(der, extension);
    if (!parts.some((part) => isBasicConstraints(der, part))) continue;
    const value = parts.find(({ tag }) => tag === Tag.octetString);
    return value && pathLengthIn(der, value);
  }
  return undefined;
}

const Tag = { integer: 0x02, octetString: 0x04, objectIdentifier: 0x06, extensions: 0xa3 } as const;

/** 2.5.29.19 */
const BASIC_CONSTRAINTS = Buffer.from([0x55, 0x1d, 0x13]);

function isBasicConstraints(der: Buffer, { tag, start, end }: DerValue): boolean {
  return tag === Tag.objectIdentifier && der.subarray(start, end).equals(BASIC_CONSTRAINTS);
}

function pathLengthIn(der: Buffer, octets: DerValue): number | undefined {
  const [constraints] = derValues(der, octets);
  const length = constraints && derValues(der, constraints).find(({ tag }) => tag === Tag.integer);
  if (length === undefined) return undefined;
  // Longer than any chain is as good as the longest; what is no small positive number allows nothing.
  const size = length.end - length.start;
  return size >= 1 && size <= 4 ? Math.max(0, der.readIntBE(length.start, size)) : 0;
}
