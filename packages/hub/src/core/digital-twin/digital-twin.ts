import { asHubError, type DeviceIdentity, HubError } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import { invokeMethod, type MethodRequest, type MethodResponse } from '../method/invoke-method.ts';
import type { JsonObject, KeepsRegistry, KeepsTwins, TwinRecord } from '../ports.ts';
import { getDevice } from '../registry/get-device.ts';
import { requireMatch } from '../registry/if-match.ts';
import { type ChangesTwins, changeTwin } from '../twin/change-twin.ts';
import { getTwin } from '../twin/get-twin.ts';
import { patchedTwin } from '../twin/patch-twin.ts';
import { validatedSection } from '../twin/validate-section.ts';
import { digitalTwinDocument } from './digital-twin-document.ts';
import { readDigitalTwinPatch } from './read-digital-twin-patch.ts';

/** The document, and the etag of the twin it is made of. @throws HubError device.notFound */
export async function getDigitalTwin(
  hub: KeepsTwins & KeepsRegistry,
  identity: DeviceIdentity,
): Promise<{ readonly document: JsonObject; readonly etag: string }> {
  const [twin, { modelId }] = await Promise.all([getTwin(hub, identity), getDevice(hub, identity)]);
  return { document: digitalTwinDocument(twin, modelId), etag: twin.etag };
}

/**
 * A back end asks for other property values, by JSON Patch. Resolves once the twin is on disk and a device that is connected
 * was told; what the device makes of it shows in its reported properties.
 *
 * @throws HubError digitalTwin.* (the patch), etag.mismatch, twin.tooLarge, device.notFound, and what changing a twin throws
 */
export function updateDigitalTwin(
  hub: ChangesTwins,
  identity: DeviceIdentity,
  patch: unknown,
  ifMatch?: string,
): Promise<TwinRecord> {
  return changeTwin(hub, identity, (before, time) => {
    requireMatch(before.etag, ifMatch);
    const desired = checked(readDigitalTwinPatch(patch, before));
    return Object.keys(desired).length === 0 ? null : patchedTwin(before, { desired }, time);
  });
}

/** What the twin itself refuses, in the digital twin's words. */
function checked(patch: JsonObject): JsonObject {
  try {
    return validatedSection(patch, 'the patch', 'allowed');
  } catch (thrown) {
    const { code, message } = asHubError(thrown);
    if (code !== 'argument.invalid') throw thrown;
    throw new HubError('digitalTwin.valueInvalid', message, { cause: thrown });
  }
}

/** What stands between a component and its command in the name of the method. Source: IoT Plug and Play conventions, "Commands". */
const COMPONENT_SEPARATOR = '*';

export interface DigitalTwinCommand extends Omit<MethodRequest, 'methodName'> {
  readonly component?: string;
  readonly command: string;
}

/** Calls a command of the device or of one of its components. @throws HubError as `invokeMethod` */
export function invokeCommand(
  hub: KeepsRegistry & HoldsSessions,
  identity: DeviceIdentity,
  { component, command, ...request }: DigitalTwinCommand,
  signal: AbortSignal,
): Promise<MethodResponse> {
  const methodName = component === undefined ? command : `${component}${COMPONENT_SEPARATOR}${command}`;
  return invokeMethod(hub, identity, { ...request, methodName }, signal);
}
