import { HubError, LIMITS } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { purgeCommands } from '../../core/command/inspect-commands.ts';
import { describeConnection } from '../../core/connection/describe-connection.ts';
import { listConnections } from '../../core/connection/list-connections.ts';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject, Presence, RegistryEntry } from '../../core/ports.ts';
import { describeRefusal } from '../../core/refusal/describe-refusal.ts';
import { bulkDevices } from '../../core/registry/bulk-devices.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { deleteDevice } from '../../core/registry/delete-device.ts';
import { getDevice, getDeviceWithPresence } from '../../core/registry/get-device.ts';
import { listDevices } from '../../core/registry/list-devices.ts';
import { readDeviceInput, textAt } from '../../core/registry/read-device-input.ts';
import { regenerateKeys } from '../../core/registry/regenerate-keys.ts';
import { updateDevice } from '../../core/registry/update-device.ts';
import { deviceDocument } from './device-document.ts';
import { authorize, identityIn, ifMatchIn, jsonIn, jsonObjectIn, pageSize, setEtag } from './read-request.ts';

/**
 * The identity registry.
 *
 *     GET    /devices?top=                        RegistryRead    a page, in order of id
 *     POST   /devices                             RegistryWrite   many at once, each with an outcome of its own
 *     POST   /devices/keys/regenerate             RegistryWrite   keys of many; 200, 207 when some, 400 when all are refused
 *     GET    /devices/{id}[/modules/{moduleId}]   RegistryRead
 *     PUT    /devices/{id}[/modules/{moduleId}]   RegistryWrite   creates without If-Match, updates with
 *     DELETE /devices/{id}[/modules/{moduleId}]   RegistryWrite
 *     GET    /devices/{id}/modules                RegistryRead
 *     DELETE /devices/{id}[/modules/{moduleId}]/commands      ServiceConnect  empties the queue
 *     GET    /devices/{id}/refusals                           RegistryRead    why it was turned away lately; ours, not Azure's
 *     GET    /devices/{id}[/modules/{moduleId}]/connections   RegistryRead    when it was here, from where, why it left; ours
 */
export function deviceRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/devices', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    const { top } = request.query as { top?: unknown };
    const limit = pageSize(top, 'top', LIMITS.DEVICE_PAGE_MAX);
    return documents(hub, await listDevices(hub, { limit }));
  });
  app.post('/devices', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    const result = await bulkDevices(hub, jsonIn(request));
    if (!result.isSuccessful) reply.code(400).header('iothub-errorcode', 'BulkRegistryOperationFailure');
    return result;
  });
  app.post('/devices/keys/regenerate', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    const result = await regenerateKeys(hub, jsonObjectIn(request));
    const isRefused = result.rotatedKeys.length === 0;
    if (isRefused) reply.header('iothub-errorcode', 'BulkRegenerateDeviceKeyOperationFailure');
    reply.code(isRefused ? 400 : result.errors.length > 0 ? 207 : 200);
    return result;
  });
  for (const path of ['/devices/:id', '/devices/:id/modules/:moduleId']) {
    app.get(path, (request, reply) => get(hub, request, reply));
    app.put(path, (request, reply) => put(hub, request, reply));
    app.delete(path, (request, reply) => remove(hub, request, reply));
    app.delete(`${path}/commands`, async (request) => {
      await authorize(hub, request, 'ServiceConnect');
      const identity = identityIn(request);
      const totalMessagesPurged = await purgeCommands(hub, identity);
      return { totalMessagesPurged, deviceId: identity.deviceId, moduleId: identity.moduleId ?? null };
    });
    app.get(`${path}/connections`, async (request) => {
      await authorize(hub, request, 'RegistryRead');
      const identity = identityIn(request);
      await getDevice(hub, identity);
      return (await listConnections(hub, identity)).map(describeConnection);
    });
  }
  app.get('/devices/:id/modules', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    const { deviceId } = await getDevice(hub, identityIn(request));
    return documents(hub, await listDevices(hub, { modulesOf: deviceId, limit: LIMITS.MODULES_PER_DEVICE_MAX }));
  });
  app.get('/devices/:id/refusals', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    // Asked for ids that do not exist, too: that is one of the reasons for a refusal.
    return (await hub.refusals.list(identityIn(request).deviceId)).map(describeRefusal);
  });
}

async function get(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<JsonObject> {
  await authorize(hub, request, 'RegistryRead');
  const identity = identityIn(request);
  const [device, depth] = await Promise.all([getDeviceWithPresence(hub, identity), hub.commands.depth(identity)]);
  setEtag(reply, device.etag);
  return deviceDocument(device, depth);
}

async function put(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<JsonObject> {
  await authorize(hub, request, 'RegistryWrite');
  const identity = identityIn(request);
  const body = jsonObjectIn(request);
  const named = textAt(body, 'deviceId');
  if (named !== undefined && named !== identity.deviceId) {
    throw new HubError('argument.invalid', 'deviceId in the body is not the one of the path');
  }
  const input = readDeviceInput(body);
  const ifMatch = ifMatchIn(request);
  if (ifMatch !== undefined) await updateDevice(hub, identity, input, ifMatch);
  else {
    await createDevice(hub, identity, input);
    if (identity.moduleId !== undefined) reply.code(201);
  }
  const [device, depth] = await Promise.all([getDeviceWithPresence(hub, identity), hub.commands.depth(identity)]);
  setEtag(reply, device.etag);
  return deviceDocument(device, depth);
}

async function remove(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  await authorize(hub, request, 'RegistryWrite');
  await deleteDevice(hub, identityIn(request), ifMatchIn(request));
  return reply.code(204).send();
}

function documents(hub: Hub, devices: readonly (RegistryEntry & Presence)[]): Promise<JsonObject[]> {
  return Promise.all(devices.map(async (device) => deviceDocument(device, await hub.commands.depth(device))));
}
