import { HubError, type JsonObject } from '@viaduct/contracts';
import type { Central } from '../central.ts';
import { deviceCredentials } from '../directory/device-credentials.ts';
import { findAttestation, putAttestation, removeAttestation } from '../directory/individual-attestation.ts';
import { idOf } from './device-operations.ts';
import { mergePatch } from './merge-patch.ts';
import type { ServeOperation } from './operation.ts';
import { requireValid } from './validate.ts';

/** How a device proves who it is: by central's own enrolment group, or by an attestation of its own; and what it is given to connect. */
export function deviceAttestationOperations(central: Central, serve: ServeOperation): void {
  const requireAttestation = async (deviceId: string): Promise<JsonObject> => {
    await central.devices.get(deviceId);
    const found = await findAttestation(central, deviceId);
    if (found !== undefined) return found;
    throw new HubError(
      'central.notFound',
      `device ${deviceId} has no attestation of its own: its enrolment group's counts`,
    );
  };
  serve('Devices_GetAttestation', 'device.credentials', (_caller, request) => requireAttestation(idOf(request)));
  serve('Devices_CreateAttestation', 'device.credentials', (_caller, request) =>
    putAttestation(central, idOf(request), request.body as JsonObject),
  );
  serve('Devices_UpdateAttestation', 'device.credentials', async (_caller, request) => {
    const before = await requireAttestation(idOf(request));
    const changed = mergePatch(before, request.body) as JsonObject;
    requireValid('Attestation', changed);
    return putAttestation(central, idOf(request), changed);
  });
  serve('Devices_RemoveAttestation', 'device.credentials', async (_caller, request) => {
    await requireAttestation(idOf(request));
    await removeAttestation(central, idOf(request));
  });
  serve('Devices_GetCredentials', 'device.credentials', (_caller, request) =>
    deviceCredentials(central, idOf(request)),
  );
}
