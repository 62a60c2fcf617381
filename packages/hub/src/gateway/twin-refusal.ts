import { HubError } from '@viaduct/contracts';
import type { MakesRandomness, TellsTime } from '../core/ports.ts';

/** The body of an answer that refuses a twin request. The Node client sees the failure only by `errorCode` in here. */
export function twinRefusalBody(hub: MakesRandomness & TellsTime, refusal: HubError): Buffer {
  return Buffer.from(
    JSON.stringify({
      errorCode: refusal.row.hub,
      trackingId: hub.random.bytes(16).toString('hex'),
      message: refusal.message,
      timestampUtc: new Date(hub.clock.now()).toISOString(),
    }),
  );
}

/** @throws HubError format.invalid */
export function parseTwinPatch(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (cause) {
    throw new HubError('format.invalid', 'the body is not JSON', { cause });
  }
}
