import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DeviceIdentity, LIMITS } from '@viaduct/contracts';
import type { Hub, Presence, RegistryEntry, TwinRecord } from '@viaduct/hub';
import type { Provisioning } from '@viaduct/provisioning';
import type { HubDevice } from './store/device-rows.ts';
import type { DirectoryThread } from './store/directory-thread.ts';
import type { ResyncDevice } from './store/resync-rows.ts';

export interface Comparison {
  readonly hub: Pick<Hub, 'registry'>;
  readonly provisioning: Pick<Provisioning, 'registrations' | 'linkedHubs'>;
  readonly thread: DirectoryThread;
  /** Hears whom it was about, a piece at a time. */
  readonly onDevices: (deviceIds: readonly string[]) => void;
  readonly signal: AbortSignal;
}

/**
 * Makes the directory equal to the hub's registry and twins, and to what the provisioning service has sent here: when there is no place in the log to go on from, or the server did not end in
 * order. `places` is where the log stood before, so that what happens meanwhile is read afterwards and wins.
 *
 * In small pieces, with everything else in between: 200,000 devices take a minute or two and hold up nobody.
 *
 * @throws HubError store.unavailable (retry); the signal's reason
 */
export async function compareWithHub(
  comparison: Comparison,
  places: readonly (readonly [number, number])[],
): Promise<void> {
  const { hub, thread, onDevices, signal } = comparison;
  const round = await thread.call('beginResync', places);
  let after: DeviceIdentity | undefined;
  for (;;) {
    signal.throwIfAborted();
    const page = { ...(after && { after }), limit: LIMITS.DIRECTORY_RESYNC_DEVICES };
    const found = await hub.registry.listWithTwins(page);
    const last = found.at(-1);
    if (last === undefined) break;
    const devices = found.filter(({ entry }) => entry.moduleId === undefined);
    const presences = await Promise.all(devices.map(({ entry }) => hub.registry.findPresence(entry)));
    onDevices(
      await thread.call(
        'resync',
        round,
        devices.map((device, index) => resyncDevice(device, presences[index])),
      ),
    );
    after = last.entry;
    await nextTurn();
  }
  await removeUnseen(comparison, round);
  await compareWithRegistrations(comparison);
}

async function compareWithRegistrations({ provisioning, thread, onDevices, signal }: Comparison): Promise<void> {
  const hubName = (await provisioning.linkedHubs.list()).find(({ kind }) => kind === 'local')?.hostName;
  for (let after = ''; hubName !== undefined; ) {
    signal.throwIfAborted();
    const found = await provisioning.registrations.listAt({ hubName, after, limit: LIMITS.DIRECTORY_RESYNC_DEVICES });
    const devices = found.flatMap(({ deviceId, updatedTime: time }) => (deviceId === null ? [] : [{ deviceId, time }]));
    onDevices(await thread.call('saveProvisioned', devices));
    const last = found.at(-1);
    if (last === undefined) return;
    after = last.registrationId;
    await nextTurn();
  }
}

async function removeUnseen({ hub, thread, onDevices, signal }: Comparison, round: number): Promise<void> {
  for (let after = ''; ; ) {
    signal.throwIfAborted();
    const unseen = await thread.call('unseen', round, after, LIMITS.DIRECTORY_RESYNC_DEVICES);
    for (const deviceId of unseen) {
      if ((await hub.registry.find({ deviceId })) === undefined) await thread.call('remove', deviceId);
    }
    onDevices(unseen);
    const last = unseen.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

export function hubDevice(entry: RegistryEntry): HubDevice {
  const { deviceId, generationId, status, capabilities, modelId, createdTime } = entry;
  return { deviceId, generationId, enabled: status === 'enabled', isEdge: capabilities.iotEdge, modelId, createdTime };
}

function resyncDevice(
  { entry, twin }: { readonly entry: RegistryEntry; readonly twin: TwinRecord },
  presence: Presence | undefined,
): ResyncDevice {
  return {
    ...hubDevice(entry),
    desired: twin.desired.values,
    reported: twin.reported.values,
    connected: presence?.connected ?? false,
    lastSeenTime: presence?.lastActivityTime ?? 0,
  };
}
