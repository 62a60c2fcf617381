import { HubError, type JsonObject } from '@viaduct/contracts';
import { applyConfigurationContent } from '@viaduct/hub';
import type { Central } from '../central.ts';
import { isObject } from '../directory/store/flatten-values.ts';
import { idOf } from './device-operations.ts';
import type { ServeOperation } from './operation.ts';

/** A deployment manifest, put into one Edge device at once; manifests are not kept: the hub's configurations are the place for those. */
export function deviceManifestOperations({ hub, devices }: Central, serve: ServeOperation): void {
  serve('Devices_ApplyManifest', 'device.write', async (_caller, request) => {
    const { deviceId } = await devices.get(idOf(request));
    const manifest = request.body as JsonObject;
    const { data } = manifest;
    if (!isObject(data) || !isObject(data.modulesContent)) {
      throw new HubError('central.bodyInvalid', 'data holds modulesContent, as a deployment manifest of IoT Edge does');
    }
    await applyConfigurationContent(hub, { deviceId }, { modulesContent: data.modulesContent });
    return manifest;
  });
}
