import { type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { AppendsToLog, KeepsRegistry, KeepsTwins, KnowsItsNames, TellsTime } from '../ports.ts';
import { appendHappening } from '../record/append-happening.ts';
import { newTwin } from '../twin/new-twin.ts';
import { twinEventBody } from '../twin/twin-document.ts';
import { closeSessions } from './close-sessions.ts';
import { getDevice, notFound } from './get-device.ts';
import { requireMatch } from './if-match.ts';

/**
 * Removes a device with its modules, twin, commands and session, or one module. Its connection is closed. Readers of the log hear
 * of each module, then of the device.
 *
 * @throws HubError device.notFound, module.notFound, etag.mismatch, store.unavailable (retry), log.unavailable (retry; the
 *   device is gone all the same)
 */
export async function deleteDevice(
  hub: KeepsRegistry & KeepsTwins & HoldsSessions & AppendsToLog & TellsTime & KnowsItsNames,
  identity: DeviceIdentity,
  ifMatch?: string,
): Promise<void> {
  const entry = await getDevice(hub, identity);
  requireMatch(entry.etag, ifMatch);
  const twin = (await hub.twins.find(identity)) ?? newTwin(identity);
  const modules = identity.moduleId === undefined ? await modulesOf(hub, identity.deviceId) : [];
  const expectedEtag = ifMatch === undefined || ifMatch === '*' ? undefined : ifMatch;
  if (!(await hub.registry.remove(identity, expectedEtag))) {
    if ((await hub.registry.find(identity)) === undefined) throw notFound(identity);
    throw new HubError('etag.mismatch', 'somebody changed it since you read it: the etag is another one');
  }
  closeSessions(hub, identity, notFound(identity));
  const time = hub.clock.now();
  for (const { module, moduleTwin } of modules) {
    const body = twinEventBody(moduleTwin);
    await appendHappening(hub, module, { kind: 'lifecycle', opType: 'deleteDeviceIdentity', body, time });
  }
  await appendHappening(hub, entry, {
    kind: 'lifecycle',
    opType: 'deleteDeviceIdentity',
    body: twinEventBody(twin),
    time,
  });
}

async function modulesOf(hub: KeepsRegistry & KeepsTwins, deviceId: string) {
  const modules = await hub.registry.list({ modulesOf: deviceId, limit: LIMITS.MODULES_PER_DEVICE_MAX });
  return Promise.all(
    modules.map(async (module) => ({ module, moduleTwin: (await hub.twins.find(module)) ?? newTwin(module) })),
  );
}
