import { HubError, LIMITS } from '@viaduct/contracts';

/**
 * What one connection holds of messages that have not arrived whole. Each is bounded by the size of a message; together, on
 * all links and sessions that a peer may open, they would be as large as the machine.
 */
export class ArrivingBytes {
  #held = 0;

  /** Returns what to give back once the piece is gone. @throws HubError message.tooLarge */
  take(bytes: number): number {
    const taken = bytes + LIMITS.AMQP_ARRIVING_PIECE_BYTES;
    this.#held += taken;
    if (this.#held <= LIMITS.AMQP_ARRIVING_BYTES_MAX) return taken;
    const text = `AMQP: more than ${LIMITS.AMQP_ARRIVING_BYTES_MAX} bytes of messages that are not whole`;
    throw new HubError('message.tooLarge', text);
  }

  giveBack(taken: number): void {
    this.#held -= taken;
  }
}
