import { HubError } from '@viaduct/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addConsumerGroup } from '../../core/consumer/add-consumer-group.ts';
import { openCheckpointStore } from '../../core/consumer/checkpoint-store.ts';
import {
  type DescribedConsumerGroup,
  getConsumerGroup,
  listConsumerGroups,
} from '../../core/consumer/list-consumer-groups.ts';
import { removeConsumerGroup } from '../../core/consumer/remove-consumer-group.ts';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject } from '../../core/ports.ts';
import { hostAskedFor } from './host-asked-for.ts';
import { authorize } from './read-request.ts';

/**
 * Consumer groups, with the shapes of Azure's management API; there below `/subscriptions/…/IotHubs/{hub}`, which
 * `rewriteHubUrl` takes away. A policy token opens it. `properties.readers` is ours.
 *
 *     GET    /eventHubEndpoints/events/ConsumerGroups          ServiceConnect
 *     GET    /eventHubEndpoints/events/ConsumerGroups/{name}   ServiceConnect
 *     PUT    /eventHubEndpoints/events/ConsumerGroups/{name}   RegistryWrite    201, or 200 when it was there
 *     DELETE /eventHubEndpoints/events/ConsumerGroups/{name}   RegistryWrite    detaches its readers
 *     POST   /eventHubEndpoints/events/CheckpointStore         ServiceConnect   ours: a container for readers' checkpoints
 *
 * Source: Azure IoT Hub resource provider, operations "…EventHubConsumerGroup".
 */
export function consumerGroupRoutes(app: FastifyInstance, hub: Hub): void {
  const groups = '/eventhubendpoints/:endpoint/consumergroups';
  app.get(groups, async (request) => {
    await authorize(hub, request, 'ServiceConnect');
    requireBuiltIn(request);
    return { value: listConsumerGroups(hub).map(groupDocument) };
  });
  app.get(`${groups}/:name`, async (request) => {
    await authorize(hub, request, 'ServiceConnect');
    return groupDocument(getConsumerGroup(hub, nameIn(request)));
  });
  app.put(`${groups}/:name`, async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    const { group, isNew } = await addConsumerGroup(hub, nameIn(request));
    reply.code(isNew ? 201 : 200);
    return groupDocument(getConsumerGroup(hub, group.name));
  });
  app.delete(`${groups}/:name`, async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    await removeConsumerGroup(hub, nameIn(request));
    return reply.code(204).send();
  });
  app.post('/eventhubendpoints/:endpoint/checkpointstore', async (request) => {
    await authorize(hub, request, 'ServiceConnect');
    requireBuiltIn(request);
    const { url, expiryTime } = openCheckpointStore(hub, hostAskedFor(hub, request));
    return { url, expiryTime: new Date(expiryTime).toISOString() };
  });
}

function nameIn(request: FastifyRequest): string {
  requireBuiltIn(request);
  return (request.params as { name: string }).name;
}

/** Azure's older hubs had a second endpoint, for operations monitoring. */
function requireBuiltIn({ params }: FastifyRequest): void {
  const { endpoint } = params as { endpoint: string };
  if (endpoint.toLowerCase() === 'events') return;
  throw new HubError('route.notFound', `the built-in endpoint is called events, not "${endpoint.slice(0, 60)}"`);
}

function groupDocument({ name, createdTime, readers }: DescribedConsumerGroup): JsonObject {
  return {
    name,
    type: 'Microsoft.Devices/IotHubs/EventHubEndpoints/ConsumerGroups',
    etag: null,
    properties: {
      created: new Date(createdTime).toUTCString(),
      readers: readers.map(({ connectedTime, ...reader }) => ({
        ...reader,
        connectedTime: new Date(connectedTime).toISOString(),
      })),
    },
  };
}
