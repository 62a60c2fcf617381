import { type ConnectionStay, ERRORS } from '@viaduct/contracts';
import type { ConnectionRecord } from '../ports.ts';

/** A stay as the console and the REST interface tell it: its reason with the advice of its row. */
export function describeConnection(stay: ConnectionRecord): ConnectionStay {
  const { transport, remoteAddress, connectedTime, disconnectedTime, reason } = stay;
  return {
    connectedAt: new Date(connectedTime).toISOString(),
    disconnectedAt: disconnectedTime === null ? null : new Date(disconnectedTime).toISOString(),
    transport,
    remoteAddress,
    // A row that a newer version wrote may have a code that this one does not know.
    reason: reason === null ? null : { ...reason, advice: ERRORS[reason.code]?.advice ?? '' },
  };
}
