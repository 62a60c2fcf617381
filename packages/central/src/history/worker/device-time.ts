import { LIMITS } from '@viaduct/contracts';
import type { DecodedRecord } from '@viaduct/hub/record';

/** No device that knows the time gives an earlier one: clocks that were never set begin in 1970, 1980 or 2000. */
const EARLIEST = Date.UTC(2015, 0, 1);

/**
 * When something was measured: as the device says in `iothub-creation-time-utc` where that is sane, else when it was enqueued. What was
 * held back for a month keeps its time. Pure.
 */
export function deviceTime({ system, application }: DecodedRecord['properties'], enqueuedTime: number): number {
  const said = system.creationTimeUtc ?? application['iothub-creation-time-utc'];
  if (said === undefined) return enqueuedTime;
  const time = Date.parse(said);
  const latest = enqueuedTime + LIMITS.DEVICE_TIME_AHEAD_SECONDS_MAX * 1_000;
  return time >= EARLIEST && time <= latest ? time : enqueuedTime;
}
