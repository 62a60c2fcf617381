import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import { appendDigitalTwinChange } from '../digital-twin/append-digital-twin-change.ts';
import type { HoldsSessions } from '../hub.ts';
import type {
  AppendsToLog,
  JsonObject,
  KeepsRegistry,
  KeepsTwins,
  KnowsItsNames,
  TellsTime,
  TwinRecord,
} from '../ports.ts';
import { appendHappening } from '../record/append-happening.ts';
import { getDevice } from '../registry/get-device.ts';
import { inTurn } from '../registry/in-turn.ts';
import { getTwin } from './get-twin.ts';

/** What every change of a twin touches. */
export type ChangesTwins = KeepsTwins & KeepsRegistry & HoldsSessions & AppendsToLog & TellsTime & KnowsItsNames;

/** One change, as a pure function of the twin that is stored when its turn comes. */
export interface TwinWrite {
  readonly twin: TwinRecord;
  /** What the device hears, with `$version`; absent when desired did not change. */
  readonly desiredPatch?: JsonObject;
  readonly opType: 'updateTwin' | 'replaceTwin';
  /** What readers of the log hear. */
  readonly event: JsonObject;
}

const ATTEMPTS_MAX = 10;

/**
 * Changes a twin: read, change, save, tell the device, tell the readers of the log; in this order.
 *
 * Writes of one twin take turns in this process, and saving compares the revision, so that another process cannot be
 * overwritten either: no write is ever lost, and `change` sees the newest twin. Null means there is nothing to do.
 *
 * @throws HubError device.notFound, module.notFound, quota.exceeded (too many wait; retry), store.unavailable (retry),
 *   log.unavailable (the twin is changed all the same; retry), and what `change` throws
 */
export function changeTwin(
  hub: ChangesTwins,
  identity: DeviceIdentity,
  change: (twin: TwinRecord, time: number) => TwinWrite | null,
): Promise<TwinRecord> {
  return inTurn(hub.twins, identity, async () => {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const before = await getTwin(hub, identity);
      const time = hub.clock.now();
      const write = change(before, time);
      if (write === null) return before;
      const twin = { ...write.twin, revision: before.revision + 1 };
      if (!(await hub.twins.save(twin, before.revision))) continue;
      if (write.desiredPatch !== undefined) hub.sessions.find(identity)?.desiredChanged(write.desiredPatch);
      const device = await getDevice(hub, identity);
      await Promise.all([
        appendHappening(hub, device, { kind: 'twinChange', opType: write.opType, body: write.event, time }),
        // Who has no model has no digital twin to hear of: most fleets never pay for this.
        device.modelId === null
          ? undefined
          : appendDigitalTwinChange(hub, device, { before, after: twin, modelBefore: device.modelId, time }),
      ]);
      return twin;
    }
    throw new HubError('store.unavailable', 'the twin is being changed too often at once');
  });
}
