import { ERRORS, type Refusal } from '@viaduct/contracts';
import type { RefusalRecord } from '../ports.ts';

/** A refusal as the console and the REST interface tell it: with the advice of its row. */
export function describeRefusal(refusal: RefusalRecord): Refusal {
  const { code, count, message, transport, remoteAddress } = refusal;
  return {
    at: new Date(refusal.lastTime).toISOString(),
    firstAt: new Date(refusal.firstTime).toISOString(),
    count,
    code,
    message,
    advice: ERRORS[code].advice,
    transport,
    remoteAddress,
  };
}
