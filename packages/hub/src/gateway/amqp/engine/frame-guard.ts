import { HubError, LIMITS } from '@viaduct/contracts';
import { AmqpReader } from '../codec/amqp-reader.ts';

/**
 * Cuts what a peer sends into protocol headers and frames, and lets only well-formed ones through to the engine behind:
 * bounded in size and channel, and every value within the bytes that were sent. The engine trusts counts and sizes.
 *
 *     'AMQP' id 1 0 0     header: id 3 is SASL, 0 is AMQP
 *     size doff type chan frame: uint32, ubyte, ubyte, uint16, then a described performative and a payload
 *
 * `next` hands out a header alone, a SASL frame alone, and AMQP frames as many as there are: what follows a SASL frame must
 * wait until the engine has answered it.
 * Source: AMQP 1.0 part 2 §2.2, §2.3.
 */
export type GuardedInput =
  | { readonly kind: 'header' | 'sasl'; readonly bytes: Buffer }
  | { readonly kind: 'frames'; readonly bytes: Buffer };

const HEADER_BYTES = 8;
const FRAME_HEAD_BYTES = 8;
const FrameType = { amqp: 0, sasl: 1 } as const;
/** From `open` to `close`. Source: AMQP 1.0 part 2 §2.7. */
const PERFORMATIVES = { first: 0x10, last: 0x18 };
/** What a client may say in SASL, each in its turn. Source: AMQP 1.0 part 5 §5.3.3. */
const SaslPerformative = { init: 0x41, response: 0x43 } as const;
/** `list0`, `list8`, `list32`. */
const LIST_CODES = new Set([0x45, 0xc0, 0xd0]);
const AMQP_MAGIC = Buffer.from('AMQP');

export class FrameGuard {
  #pending: Buffer = Buffer.alloc(0);
  #expectsHeader = true;
  #layer: number = FrameType.amqp;
  #saslTurn: number = SaslPerformative.init;

  /** Bytes that wait for the rest of a frame. */
  get pendingBytes(): number {
    return this.#pending.length;
  }

  push(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
  }

  /** @throws HubError packet.malformed, protocol.versionUnsupported */
  next(): GuardedInput | undefined {
    if (this.#expectsHeader) return this.#header();
    if (this.#layer === FrameType.sasl) return this.#saslFrame();
    return this.#amqpFrames();
  }

  /** SASL is through: the AMQP header comes next. */
  expectHeader(): void {
    this.#expectsHeader = true;
  }

  /** The peer was challenged: its response comes next. */
  expectResponse(): void {
    this.#saslTurn = SaslPerformative.response;
  }

  #header(): GuardedInput | undefined {
    if (this.#pending.length < HEADER_BYTES) return undefined;
    const bytes = this.#take(HEADER_BYTES);
    if (!bytes.subarray(0, 4).equals(AMQP_MAGIC)) throw malformed('the bytes do not begin with "AMQP"');
    const [id, major, minor] = [bytes[4], bytes[5], bytes[6]];
    if ((id !== 0 && id !== 3) || major !== 1 || minor !== 0) {
      throw new HubError(
        'protocol.versionUnsupported',
        `AMQP: protocol ${id}, version ${major}.${minor} is not spoken`,
      );
    }
    this.#expectsHeader = false;
    this.#layer = id === 3 ? FrameType.sasl : FrameType.amqp;
    return { kind: 'header', bytes };
  }

  #saslFrame(): GuardedInput | undefined {
    const size = this.#frameSize(0);
    if (size === undefined || size > this.#pending.length) return undefined;
    this.#checkFrame(0, size);
    return { kind: 'sasl', bytes: this.#take(size) };
  }

  #amqpFrames(): GuardedInput | undefined {
    let at = 0;
    for (;;) {
      const size = this.#frameSize(at);
      if (size === undefined || at + size > this.#pending.length) break;
      this.#checkFrame(at, size);
      at += size;
    }
    return at === 0 ? undefined : { kind: 'frames', bytes: this.#take(at) };
  }

  #frameSize(at: number): number | undefined {
    if (this.#pending.length - at < FRAME_HEAD_BYTES) return undefined;
    const size = this.#pending.readUInt32BE(at);
    if (size < FRAME_HEAD_BYTES || size > LIMITS.AMQP_FRAME_BYTES_MAX) {
      throw malformed(`a frame of ${size} bytes; 8 to ${LIMITS.AMQP_FRAME_BYTES_MAX} are accepted`);
    }
    return size;
  }

  #checkFrame(at: number, size: number): void {
    const dataAt = (this.#pending[at + 4] as number) * 4;
    if (dataAt < FRAME_HEAD_BYTES || dataAt > size) throw malformed('a frame begins after its end');
    if (this.#pending[at + 5] !== this.#layer) throw malformed('a frame of the wrong type');
    const channel = this.#pending.readUInt16BE(at + 6);
    if (this.#layer === FrameType.amqp && channel >= LIMITS.AMQP_SESSIONS_MAX) {
      throw malformed(`channel ${channel}; this side offered channels below ${LIMITS.AMQP_SESSIONS_MAX}`);
    }
    if (dataAt === size) return;
    const reader = new AmqpReader(this.#pending, at + dataAt, at + size);
    const descriptor = reader.descriptor();
    if (!this.#isExpected(descriptor)) throw malformed('a frame that begins with no performative of its turn');
    if (!LIST_CODES.has(this.#pending[reader.at] as number)) throw malformed('a performative that is no list');
    reader.skip();
  }

  #isExpected(descriptor: number | string): boolean {
    if (typeof descriptor !== 'number') return false;
    if (this.#layer === FrameType.sasl) return descriptor === this.#saslTurn;
    return descriptor >= PERFORMATIVES.first && descriptor <= PERFORMATIVES.last;
  }

  #take(bytes: number): Buffer {
    const taken = this.#pending.subarray(0, bytes);
    this.#pending = this.#pending.subarray(bytes);
    return taken;
  }
}

function malformed(why: string): HubError {
  return new HubError('packet.malformed', `AMQP: ${why}`);
}
