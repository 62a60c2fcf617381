import { LIMITS } from '@viaduct/contracts';
import { getDevice } from '@viaduct/hub';
import type { Central } from '../central.ts';
import { listComponents } from '../property/device-properties.ts';
import { lastTelemetry } from '../property/last-telemetry.ts';
import type { ApiRequest, OperationHandler, ServeOperation } from './operation.ts';
import { pageOf } from './read-page.ts';

/** What a device is made of, and what it said last. */
export function devicePartOperations(central: Central, serve: ServeOperation): void {
  const components: OperationHandler = async (_caller, request) => {
    const { deviceId = '', moduleName } = request.params;
    const names = await listComponents(central, {
      deviceId,
      ...(moduleName === undefined ? {} : { moduleId: moduleName }),
    });
    const parts = names.map((name) => ({ '@type': 'Component', name }));
    return pageOf(request, parts, ({ name }) => name);
  };
  serve('Devices_ListComponents', 'device.read', components);
  serve('Devices_ListModuleComponents', 'device.read', components);

  serve('Devices_ListModules', 'device.read', async (_caller, request) => {
    const { deviceId = '' } = request.params;
    await getDevice(central.hub, { deviceId });
    const modules = await central.hub.registry.list({ modulesOf: deviceId, limit: LIMITS.MODULES_PER_DEVICE_MAX });
    const parts = modules.map(({ moduleId = '' }) => ({ '@type': 'Module', name: moduleId }));
    return pageOf(request, parts, ({ name }) => name);
  });

  const telemetry: OperationHandler = (_caller, request) => lastTelemetry(central, addressOf(request), request.signal);
  serve('Devices_GetTelemetryValue', 'device.read', telemetry);
  serve('Devices_GetComponentTelemetryValue', 'device.read', telemetry);
  serve('Devices_GetModuleTelemetryValue', 'device.read', telemetry);
  serve('Devices_GetModuleComponentTelemetryValue', 'device.read', telemetry);
}

function addressOf({ params }: ApiRequest) {
  const { deviceId = '', moduleName, componentName = '', telemetryName = '' } = params;
  return {
    device: moduleName === undefined ? { deviceId } : { deviceId, moduleId: moduleName },
    component: componentName,
    name: telemetryName,
  };
}
