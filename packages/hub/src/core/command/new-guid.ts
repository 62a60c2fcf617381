import type { MakesRandomness } from '../ports.ts';

/** A random GUID (RFC 9562 version 4): AMQP carries lock tokens as the 16 bytes of one. */
export function newGuid({ random }: MakesRandomness): string {
  const bytes = random.bytes(16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
