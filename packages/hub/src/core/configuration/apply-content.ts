import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import type { JsonObject, MakesRandomness } from '../ports.ts';
import { createDevice } from '../registry/create-device.ts';
import { getDevice } from '../registry/get-device.ts';
import { type ChangesTwins, changeTwin } from '../twin/change-twin.ts';
import { patchedTwin } from '../twin/patch-twin.ts';
import { applySettings, BlockedSetting, type Setting, smallestPatch } from './apply-settings.ts';
import { readContent } from './configuration-content.ts';
import { blockedText } from './settle-twin.ts';

/**
 * Puts the content of a configuration into one device at once, and keeps nothing of it: nobody brings it there again, or takes it
 * back. `modulesContent` is for an Edge device, whose modules are made where they are missing; `moduleContent` for a module.
 *
 * @throws HubError configuration.contentInvalid, device.notFound, module.notFound, device.tooMany, twin.tooLarge,
 *   quota.exceeded, store.unavailable, log.unavailable (the last three: retry)
 */
export async function applyConfigurationContent(
  hub: ChangesTwins & MakesRandomness,
  identity: DeviceIdentity,
  json: JsonObject,
): Promise<void> {
  const device = await getDevice(hub, identity);
  const content = readContent(json);
  const { deviceId, moduleId } = identity;
  if (content.kind !== 'edge') {
    const isModule = moduleId !== undefined;
    if (isModule !== (content.kind === 'module')) {
      throw invalid(
        isModule
          ? 'a module takes moduleContent'
          : 'a device takes deviceContent, or modulesContent with the module named. moduleContent goes to /devices/{id}/modules/{moduleId}/applyConfigurationContent',
      );
    }
    return applyTo(hub, identity, content.settings);
  }
  if (!device.capabilities.iotEdge) throw invalid(`modulesContent is for Edge devices, and "${deviceId}" is none`);
  for (const [name, settings] of content.modules) {
    const module = { deviceId, moduleId: name };
    if ((await hub.registry.find(module)) === undefined) await createDevice(hub, module);
    await applyTo(hub, module, settings);
  }
}

async function applyTo(hub: ChangesTwins, identity: DeviceIdentity, settings: readonly Setting[]): Promise<void> {
  await changeTwin(hub, identity, (twin, time) => {
    const { values } = twin.desired;
    const wanted = applySettings(values, settings);
    if (wanted instanceof BlockedSetting) throw invalid(blockedText(wanted, values));
    const patch = smallestPatch(values, wanted);
    return Object.keys(patch).length === 0 ? null : patchedTwin(twin, { desired: patch }, time);
  });
}

function invalid(why: string): HubError {
  return new HubError('configuration.contentInvalid', why);
}
