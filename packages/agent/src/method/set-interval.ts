import { parseIntervalSeconds } from '../config.ts';
import type { MethodAnswer } from './method-answer.ts';

/**
 * `setInterval {seconds}`. Pure but for `apply`, which is called only with a value that is in range.
 * The payload comes from outside: anything at all gives an answer.
 */
export function answerSetInterval(payload: unknown, apply: (seconds: number) => void): MethodAnswer {
  if (typeof payload !== 'object' || payload === null || !('seconds' in payload)) {
    return {
      status: 400,
      payload: { error: 'the payload must be an object with seconds, for example {"seconds": 5}' },
    };
  }
  const parsed = parseIntervalSeconds(payload.seconds);
  if (parsed.kind === 'refused') return { status: 400, payload: { error: parsed.reason } };

  apply(parsed.seconds);
  return { status: 200, payload: { seconds: parsed.seconds } };
}
