import type { AppendsToLog, TellsTime } from '@viaduct/hub';

const WINDOW_MS = 5_000;

/** How many telemetry messages the log holds, and has let go: a number that only grows. */
export function messagesEver({ log, eventPartitions }: AppendsToLog): number {
  let sum = 0;
  for (let partition = 0; partition < eventPartitions; partition++) sum += log.bounds(partition).next;
  return sum;
}

/** Messages per second over the last seconds, read from the log itself: nobody has to count along. */
export async function messageRate(hub: AppendsToLog & TellsTime): Promise<number> {
  const since = hub.clock.now() - WINDOW_MS;
  let messages = 0;
  for (let partition = 0; partition < hub.eventPartitions; partition++) {
    const { next } = hub.log.bounds(partition);
    messages += Math.max(0, next - (await hub.log.offsetAt(partition, since)));
  }
  return messages / (WINDOW_MS / 1000);
}
