import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject, Presence, RegistryEntry, TwinRecord } from '../../core/ports.ts';
import { getDeviceWithPresence } from '../../core/registry/get-device.ts';
import { listDevices } from '../../core/registry/list-devices.ts';
import { objectAt, textAt } from '../../core/registry/read-device-input.ts';
import { getTwin } from '../../core/twin/get-twin.ts';
import { patchTwin, replaceTwin, type TwinChange } from '../../core/twin/patch-twin.ts';
import { serviceTwinDocument } from '../../core/twin/twin-document.ts';
import {
  authorize,
  continuationIn,
  identityIn,
  ifMatchIn,
  jsonObjectIn,
  pageSize,
  setContinuation,
  setEtag,
} from './read-request.ts';

const QUERY_PAGE_DEFAULT = 100;
/** As yet the only query there is; the answer to any other says so. */
const ALL_DEVICES = /^\s*select\s+\*\s+from\s+devices\s*$/i;

/**
 * Twins, as back ends read and change them. All ask for ServiceConnect.
 *
 *     GET    /twins/{id}[/modules/{moduleId}]
 *     PATCH  /twins/{id}[/modules/{moduleId}]    merges tags and properties.desired; null removes
 *     PUT    /twins/{id}[/modules/{moduleId}]    replaces the sections that are given
 *     POST   /devices/query                      pages of twins, in order of id
 */
export function twinRoutes(app: FastifyInstance, hub: Hub): void {
  for (const path of ['/twins/:id', '/twins/:id/modules/:moduleId']) {
    app.get(path, async (request, reply) => {
      await authorize(hub, request, 'ServiceConnect');
      const identity = identityIn(request);
      return answer(hub, identity, await getTwin(hub, identity), reply);
    });
    app.patch(path, (request, reply) => change(hub, request, reply, patchTwin));
    app.put(path, (request, reply) => change(hub, request, reply, replaceTwin));
  }
  app.post('/devices/query', async (request, reply) => {
    await authorize(hub, request, 'ServiceConnect');
    return query(hub, request, reply);
  });
}

async function change(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  apply: typeof patchTwin,
): Promise<JsonObject> {
  await authorize(hub, request, 'ServiceConnect');
  const identity = identityIn(request);
  const twin = await apply(hub, identity, changeIn(jsonObjectIn(request)), ifMatchIn(request));
  return answer(hub, identity, twin, reply);
}

/** Everything but tags and desired is ignored: back ends send twins back as they got them. */
function changeIn(body: JsonObject): TwinChange {
  const tags = objectAt(body, 'tags');
  const desired = objectAt(objectAt(body, 'properties') ?? {}, 'desired');
  return { ...(tags && { tags }), ...(desired && { desired }) };
}

async function answer(hub: Hub, identity: DeviceIdentity, twin: TwinRecord, reply: FastifyReply): Promise<JsonObject> {
  setEtag(reply, twin.etag);
  return documentOf(hub, await getDeviceWithPresence(hub, identity), twin);
}

async function documentOf(hub: Hub, device: RegistryEntry & Presence, twin: TwinRecord): Promise<JsonObject> {
  return serviceTwinDocument(twin, device, await hub.commands.depth(device));
}

async function query(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<JsonObject[]> {
  const text = textAt(jsonObjectIn(request), 'query') ?? '';
  if (!ALL_DEVICES.test(text)) {
    throw new HubError('argument.invalid', 'the only query supported so far is SELECT * FROM devices');
  }
  const limit = pageSize(request.headers['x-ms-max-item-count'], 'x-ms-max-item-count', QUERY_PAGE_DEFAULT);
  const after = continuationIn(request);
  const devices = await listDevices(hub, { limit, ...(after === undefined ? {} : { after }) });
  const twins = await Promise.all(
    devices.map(async (device) => {
      const twin = await hub.twins.find(device);
      // Deleted while we read: then it is no part of the answer.
      return twin && documentOf(hub, device, twin);
    }),
  );
  reply.header('x-ms-item-type', 'Twin');
  const last = devices.at(-1);
  if (last !== undefined && devices.length === limit) {
    setContinuation(reply, last.deviceId);
  }
  return twins.filter((twin) => twin !== undefined);
}
