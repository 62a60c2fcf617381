import type { DeviceIdentity } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { describeStatuses } from '../../core/configuration/describe-statuses.ts';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject, TwinRecord } from '../../core/ports.ts';
import { getDeviceWithPresence } from '../../core/registry/get-device.ts';
import { objectAt } from '../../core/registry/read-device-input.ts';
import { getTwin } from '../../core/twin/get-twin.ts';
import { patchTwin, replaceTwin, type TwinChange } from '../../core/twin/patch-twin.ts';
import { serviceTwinDocument } from '../../core/twin/twin-document.ts';
import { authorize, identityIn, ifMatchIn, jsonObjectIn, setEtag } from './read-request.ts';

/**
 * Twins, as back ends read and change them. All ask for ServiceConnect.
 *
 *     GET    /twins/{id}[/modules/{moduleId}]
 *     PATCH  /twins/{id}[/modules/{moduleId}]    merges tags and properties.desired; null removes
 *     PUT    /twins/{id}[/modules/{moduleId}]    replaces the sections that are given
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
  const device = await getDeviceWithPresence(hub, identity);
  const [cloudToDeviceMessageCount, configurations] = await Promise.all([
    hub.commands.depth(device),
    describeStatuses(hub, identity),
  ]);
  return serviceTwinDocument(twin, device, { cloudToDeviceMessageCount, configurations });
}
