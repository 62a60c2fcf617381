import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { HubError, LIMITS } from '@viaduct/contracts';
import { AmqpWriter } from '../codec/amqp-writer.ts';
import type { SaslStep } from './engine.ts';
import { FrameGuard } from './frame-guard.ts';

/**
 * The socket as the engine sees it. In: only checked frames, and none past a SASL frame that is not answered yet.
 * Out: whatever is written in one turn of the event loop leaves in one piece.
 *
 * Back-pressure: while more than WINDOW_BYTES wait for the network nothing more is read, and `hasRoom` is false. A peer that
 * does not take what it asked for within the idle time-out is disconnected by the engine; one that makes more than
 * LIMITS.AMQP_SEND_BUFFER_BYTES_MAX pile up is disconnected here.
 *
 * Emits `data` and `end` to the engine, `fault` when the peer broke the protocol, `room` when `hasRoom` becomes true again,
 * and `closed` once.
 */
const WINDOW_BYTES = 512 * 1_024;
/** A piece of output grows to this size before it is handed to the network within one turn. */
const FLUSH_BYTES = 128 * 1_024;

export class GuardedSocket extends EventEmitter {
  readonly out = new AmqpWriter(4_096);
  readonly #socket: Duplex;
  readonly #guard = new FrameGuard();
  #saslAnswer: Promise<SaslStep['kind']> | undefined;
  #feeding = false;
  #flushing = false;
  #blocked = false;
  #stopped = false;
  #inSasl = false;
  #ended = false;
  #closeTimer: NodeJS.Timeout | undefined;
  /** Why the connection ends, when it was not the peer's wish. */
  fault: unknown;

  constructor(socket: Duplex) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', (error) => this.#finish(networkError(error)));
    socket.on('end', () => this.end());
    socket.on('close', () => this.#finish(undefined));
  }

  get hasRoom(): boolean {
    return !this.#blocked && !this.#ended;
  }

  /** Nothing more is read, until `readOn`. */
  stopReading(): void {
    this.#stopped = true;
    this.#socket.pause();
  }

  readOn(): void {
    this.#stopped = false;
    if (!this.#blocked && !this.#inSasl) this.#socket.resume();
  }

  /** The engine says what answers the SASL frame it was just given: that the peer may go on, not, or is to answer in turn. */
  saslAnsweredBy(answer: Promise<SaslStep['kind']>): void {
    this.#saslAnswer = answer;
  }

  /** Called by the engine for every frame. */
  write(bytes: Buffer): void {
    this.out.raw(bytes);
    this.wrote();
  }

  /** Something was written to `out`: it leaves now or at the end of this turn. */
  wrote(): void {
    if (this.out.length >= FLUSH_BYTES) this.flush();
    else if (!this.#flushing) {
      this.#flushing = true;
      setImmediate(() => this.flush());
    }
  }

  flush(): void {
    this.#flushing = false;
    if (this.out.length === 0 || this.#ended) return;
    const bytes = this.out.take(this.out.length >= FLUSH_BYTES ? FLUSH_BYTES + 4_096 : 4_096);
    this.#socket.write(bytes, () => this.#sent());
    if (this.#socket.writableLength > LIMITS.AMQP_SEND_BUFFER_BYTES_MAX) {
      this.destroy(new HubError('connection.slow', 'the peer does not read what it asked for'));
    } else if (this.#socket.writableLength >= WINDOW_BYTES) {
      this.#blocked = true;
      this.#socket.pause();
    }
  }

  /** After what was written in this turn and the ticks that follow it, so that a close frame still gets out. */
  end(): void {
    if (this.#isClosing) return;
    this.#closeTimer = setTimeout(() => this.destroy(undefined), LIMITS.AMQP_CLOSE_SECONDS_MAX * 1_000).unref();
    setImmediate(() => {
      this.flush();
      this.#socket.end();
    });
  }

  destroy(fault?: unknown): void {
    this.#socket.destroy();
    this.#finish(fault);
  }

  get #isClosing(): boolean {
    return this.#ended || this.#closeTimer !== undefined;
  }

  #sent(): void {
    if (!this.#blocked || this.#socket.writableLength > WINDOW_BYTES / 2) return;
    this.#blocked = false;
    if (!this.#stopped) this.#socket.resume();
    this.emit('room');
  }

  #received(chunk: Buffer): void {
    if (this.#isClosing) return;
    this.#guard.push(chunk);
    if (!this.#feeding) void this.#feed();
  }

  async #feed(): Promise<void> {
    this.#feeding = true;
    try {
      while (!this.#isClosing) {
        const input = this.#guard.next();
        if (input === undefined) break;
        this.emit('data', input.bytes);
        if (input.kind === 'sasl') await this.#untilSaslAnswered();
      }
    } catch (error) {
      // The peer broke the protocol, or the engine could not take what it said: this connection is over.
      this.fault ??= error;
      this.emit('fault', error);
    } finally {
      this.#feeding = false;
    }
  }

  async #untilSaslAnswered(): Promise<void> {
    this.#socket.pause();
    this.#inSasl = true;
    const answer = await this.#saslAnswer;
    this.#saslAnswer = undefined;
    // The engine writes the challenge or the outcome in the ticks that follow the answer.
    await new Promise(setImmediate);
    this.#inSasl = false;
    if (answer === 'challenge') this.#guard.expectResponse();
    else if (answer === 'allowed') this.#guard.expectHeader();
    else return this.end();
    if (!this.#blocked && !this.#stopped) this.#socket.resume();
  }

  #finish(fault: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#closeTimer);
    this.fault ??= fault;
    // Twice: the engine takes its listeners of `end` away when it gives a connection up.
    this.emit('end');
    this.emit('closed');
  }
}

/** A WebSocket that its peer has closed complains of the last writes with an error that has no code; all others have one. */
function networkError(error: Error): unknown {
  return 'code' in error ? error : undefined;
}
