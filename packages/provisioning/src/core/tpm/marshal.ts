/** Marshals the few types that structures of a TPM are made of: big-endian integers, and bytes after their size. Source: TPM 2.0 Part 1 §4.8. */

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A TPM2B: its size, UINT16, and the bytes themselves. Source: TPM 2.0 Part 2 §10.4. */
export function sized(...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([uint16(bytes.length), bytes]);
}
