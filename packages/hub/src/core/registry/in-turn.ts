import { type DeviceIdentity, HubError, identityKey, LIMITS } from '@viaduct/contracts';

interface Line {
  last: Promise<unknown>;
  waiting: number;
}

/** Who writes what of which store now. Lines without anybody in them are forgotten. */
const lines = new WeakMap<object, Map<string, Line>>();

/**
 * Does a task once all that came before it for the same identity of the same store are done, so that writers of one process need
 * not try again and again. Another process is kept from overwriting by what the store compares.
 *
 * @throws HubError quota.exceeded (retry): too many wait; and what the task throws
 */
export async function inTurn<T>(store: object, identity: DeviceIdentity, task: () => Promise<T>): Promise<T> {
  const ofStore = lines.get(store) ?? new Map<string, Line>();
  lines.set(store, ofStore);
  const key = identityKey(identity);
  const line = ofStore.get(key) ?? { last: Promise.resolve(), waiting: 0 };
  if (line.waiting >= LIMITS.WRITES_WAITING_MAX) {
    throw new HubError('quota.exceeded', `${line.waiting} writes of "${key}" wait already`);
  }
  ofStore.set(key, line);
  line.waiting++;
  const mine = line.last.then(task, task);
  line.last = mine;
  try {
    return await mine;
  } finally {
    if (--line.waiting === 0) ofStore.delete(key);
  }
}
