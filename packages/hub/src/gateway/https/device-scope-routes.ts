import type { DeviceIdentity } from '@viaduct/contracts';
import { requireValidId } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject, Presence, RegistryEntry } from '../../core/ports.ts';
import {
  type DeviceScope,
  getDeviceInScope,
  listDeviceScope,
  listScopeOnBehalfOf,
} from '../../core/registry/device-scope.ts';
import { textAt } from '../../core/registry/read-device-input.ts';
import { authenticateCaller } from './device-caller.ts';
import { deviceDocument } from './device-document.ts';
import { jsonObjectIn, pageSize } from './read-request.ts';

/** Edge hubs ask for so many at a time; more is not wanted by any. */
const PAGE_DEFAULT = 100;

/**
 * Whom an Edge hub lets in on its own. The caller is `$edgeHub` of an Edge device, with its own credential.
 *
 *     GET  /devices/{id}/modules/$edgeHub/devicesAndModulesInDeviceScope[?deviceCount=&continuationToken=]
 *     GET  /devices/{id}/modules/$edgeHub/deviceAndModuleInDeviceScope?targetDeviceId=[&targetModuleId=]
 *     POST /devices/{id}/modules/$edgeHub/devicesAndModulesInTargetDeviceScope   {authChain, pageSize?, continuationLink?}
 *     POST /devices/{id}/modules/$edgeHub/getDeviceAndModuleOnBehalfOf           {targetDeviceId, targetModuleId?}
 *
 * Source: Azure IoT Edge, Microsoft.Azure.Devices.Edge.Hub.CloudProxy, DeviceScopeApiClient.
 */
export function deviceScopeRoutes(app: FastifyInstance, hub: Hub): void {
  const path = '/devices/:id/modules/:moduleId';
  app.get(`${path}/devicesandmodulesindevicescope`, async (request) => {
    const { identity } = await authenticateCaller(hub, request);
    const query = request.query as JsonObject;
    const limit = pageSize(query.deviceCount, 'deviceCount', PAGE_DEFAULT);
    const scope = await listDeviceScope(hub, identity, { limit, ...afterIn(textAt(query, 'continuationToken')) });
    const link = (token: string) =>
      `/devices/${encodeURIComponent(identity.deviceId)}/modules/${encodeURIComponent(identity.moduleId ?? '')}` +
      `/devicesAndModulesInDeviceScope?deviceCount=${limit}&continuationToken=${token}`;
    return scopeDocument(hub, scope, link);
  });
  app.get(`${path}/deviceandmoduleindevicescope`, async (request) => {
    const { identity } = await authenticateCaller(hub, request);
    return scopeDocument(hub, await getDeviceInScope(hub, identity, targetIn(request.query as JsonObject)));
  });
  app.post(`${path}/devicesandmodulesintargetdevicescope`, async (request) => {
    const { identity } = await authenticateCaller(hub, request);
    const body = jsonObjectIn(request);
    const limit = pageSize(body.pageSize, 'pageSize', PAGE_DEFAULT);
    const page = { limit, ...afterIn(textAt(body, 'continuationLink')) };
    const scope = await listScopeOnBehalfOf(hub, identity, textAt(body, 'authChain') ?? '', page);
    // Sent back in the body as it is, so it need be no address.
    return scopeDocument(hub, scope, (token) => token);
  });
  app.post(`${path}/getdeviceandmoduleonbehalfof`, async (request) => {
    const { identity } = await authenticateCaller(hub, request);
    return scopeDocument(hub, await getDeviceInScope(hub, identity, targetIn(jsonObjectIn(request))));
  });
}

function targetIn(members: JsonObject): DeviceIdentity {
  const deviceId = requireValidId(textAt(members, 'targetDeviceId') ?? '');
  const moduleId = textAt(members, 'targetModuleId');
  return moduleId === undefined || moduleId === ''
    ? { deviceId }
    : { deviceId, moduleId: requireValidId(moduleId, 'module id') };
}

function afterIn(token: string | undefined): { after?: string } {
  return token === undefined || token === '' ? {} : { after: Buffer.from(token, 'base64url').toString('utf8') };
}

async function scopeDocument(
  hub: Hub,
  { devices, modules, after }: DeviceScope,
  link?: (token: string) => string,
): Promise<JsonObject> {
  const documents = (entries: readonly (RegistryEntry & Presence)[]) =>
    Promise.all(entries.map(async (entry) => deviceDocument(entry, await hub.commands.depth(entry))));
  const token = after === undefined ? undefined : Buffer.from(after, 'utf8').toString('base64url');
  return {
    devices: await documents(devices),
    modules: await documents(modules),
    continuationLink: token === undefined || link === undefined ? null : link(token),
  };
}
