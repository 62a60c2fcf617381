/** The 16 bytes of a GUID as .NET lays it out, for its clients make a GUID of a delivery tag again: three groups reversed. */
export function guidBytes(text: string): Buffer {
  const bytes = uuidBytes(text);
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** The 16 bytes of a uuid in the order of its text, as an AMQP uuid has them. What is no uuid gives 16 bytes too. */
export function uuidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  return bytes.length === 16 ? bytes : Buffer.concat([bytes, Buffer.alloc(16)]).subarray(0, 16);
}

/** The text of 16 bytes, in their order, lower case. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
