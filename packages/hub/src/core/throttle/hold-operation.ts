import { setTimeout as wait } from 'node:timers/promises';
import type { DeviceIdentity } from '@viaduct/contracts';
import type { ThrottledOperation, Throttles } from '../ports.ts';

/**
 * Resolves when an operation may go on: at once without a throttle, and after its share of the wait with one.
 *
 * @throws HubError throttle.exceeded (retry)
 */
export async function holdOperation(
  { throttle }: Throttles,
  identity: DeviceIdentity | null,
  operation: ThrottledOperation,
  count = 1,
): Promise<void> {
  const holdMs = throttle?.take(identity, operation, count) ?? 0;
  if (holdMs > 0) await wait(holdMs);
}
