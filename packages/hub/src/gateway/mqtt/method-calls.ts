import { HubError, topicTo } from '@viaduct/contracts';
import type { MethodAnswer, MethodCall } from '../../core/session/device-session.ts';
import type { OutgoingMessage } from './packet.ts';

/** Method calls under way on one connection, told apart by request id. How many there may be is the core's rule. */
export class MethodCalls {
  readonly #publish: (message: OutgoingMessage) => void;
  readonly #waiting = new Map<string, { resolve(answer: MethodAnswer): void; reject(error: unknown): void }>();
  #lastId = 0;

  constructor(publish: (message: OutgoingMessage) => void) {
    this.#publish = publish;
  }

  invoke({ methodName, payload }: MethodCall, signal: AbortSignal): Promise<MethodAnswer> {
    const requestId = (++this.#lastId).toString(16);
    return new Promise<MethodAnswer>((resolve, reject) => {
      const aborted = () => settle(() => reject(signal.reason));
      const settle = (then: () => void) => {
        signal.removeEventListener('abort', aborted);
        this.#waiting.delete(requestId);
        then();
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.#waiting.set(requestId, {
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (error) => settle(() => reject(error)),
      });
      this.#publish({ topic: topicTo.method(methodName, requestId), payload });
    });
  }

  /** The device answered. An answer nobody waits for (late, or made up) is ignored. */
  answered(requestId: string, status: number, payload: Buffer): void {
    // A copy: the bytes are a view of the receive buffer.
    this.#waiting.get(requestId)?.resolve({ status, payload: Buffer.from(payload) });
  }

  /** The connection ended: nobody will answer. */
  close(): void {
    for (const { reject } of [...this.#waiting.values()]) {
      reject(new HubError('device.notOnline', 'the device disconnected before it answered'));
    }
  }
}
