import { HubError } from '@viaduct/contracts';

const EMPTY = Buffer.alloc(0);

/**
 * Cuts what arrives into packets, whole ones, in order. Holds at most one packet and what one read brings: a packet that says it is longer
 * than `bytesMax` is refused at its first bytes.
 */
export class PacketReader {
  readonly #bytesMax: number;
  #input: Buffer = EMPTY;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Keeps a copy: what a socket reads into is overwritten by the next read. */
  add(bytes: Buffer): void {
    this.#input = Buffer.concat([this.#input, bytes]);
  }

  /**
   * The next packet, undefined while it is not complete.
   *
   * @throws HubError packet.malformed, message.tooLarge
   */
  next(): Buffer | undefined {
    const input = this.#input;
    let at = 1;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = input[at++];
      if (byte === undefined) return undefined;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift === 21) throw new HubError('packet.malformed', 'a remaining length has more than four bytes');
    }
    if (length > this.#bytesMax) {
      throw new HubError(
        'message.tooLarge',
        `a packet has ${length} bytes; at most ${this.#bytesMax} are accepted here`,
      );
    }
    if (at + length > input.length) return undefined;
    this.#input = input.subarray(at + length);
    return input.subarray(0, at + length);
  }
}
