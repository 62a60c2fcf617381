import type { JsonObject } from '@viaduct/contracts';
import type { Central } from '../central.ts';
import { type PropertiesAddress, readProperties, writeProperties } from '../property/device-properties.ts';
import type { ApiRequest, OperationHandler, ServeOperation } from './operation.ts';

/** Properties of devices, modules and their components, cloud properties among them. */
export function devicePropertyOperations(central: Central, serve: ServeOperation): void {
  const read: OperationHandler = (_caller, request) => readProperties(central, addressOf(request), optionsOf(request));
  const write =
    (replace: boolean): OperationHandler =>
    (_caller, request) =>
      writeProperties(central, addressOf(request), request.body as JsonObject, { ...optionsOf(request), replace });

  serve('Devices_GetProperties', 'device.read', read);
  serve('Devices_ReplaceProperties', 'device.write', write(true));
  serve('Devices_UpdateProperties', 'device.write', write(false));
  serve('Devices_GetComponentProperties', 'device.read', read);
  serve('Devices_ReplaceComponentProperties', 'device.write', write(true));
  serve('Devices_UpdateComponentProperties', 'device.write', write(false));
  serve('Devices_GetModuleProperties', 'device.read', read);
  serve('Devices_ReplaceModuleProperties', 'device.write', write(true));
  serve('Devices_UpdateModuleProperties', 'device.write', write(false));
  serve('Devices_GetModuleComponentProperties', 'device.read', read);
  serve('Devices_ReplaceModuleComponentProperties', 'device.write', write(true));
  serve('Devices_UpdateModuleComponentProperties', 'device.write', write(false));
}

function addressOf({ params }: ApiRequest): PropertiesAddress {
  const { deviceId = '', moduleName, componentName } = params;
  return {
    deviceId,
    ...(moduleName === undefined ? {} : { moduleId: moduleName }),
    ...(componentName === undefined ? {} : { component: componentName }),
  };
}

function optionsOf({ query }: ApiRequest) {
  return { withUnmodeled: query.unmodeled === 'true' };
}
