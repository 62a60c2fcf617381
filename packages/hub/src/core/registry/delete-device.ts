import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { AppendsToLog, KeepsRegistry, KeepsTwins, KnowsItsNames, TellsTime } from '../ports.ts';
import { appendHappening } from '../record/append-happening.ts';
import { newTwin } from '../twin/new-twin.ts';
import { twinEventBody } from '../twin/twin-document.ts';
import { closeSessions } from './close-sessions.ts';
import { getDevice, notFound } from './get-device.ts';
import { requireMatch } from './if-match.ts';

/**
 * Removes a device with its modules, twin, commands and session, or one module. Its connection is closed.
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
  const expectedEtag = ifMatch === undefined || ifMatch === '*' ? undefined : ifMatch;
  if (!(await hub.registry.remove(identity, expectedEtag))) {
    if ((await hub.registry.find(identity)) === undefined) throw notFound(identity);
    throw new HubError('etag.mismatch', 'somebody changed it since you read it: the etag is another one');
  }
  closeSessions(hub, identity, notFound(identity));
  await appendHappening(hub, entry, {
    kind: 'lifecycle',
    opType: 'deleteDeviceIdentity',
    body: twinEventBody(twin),
    time: hub.clock.now(),
  });
}
