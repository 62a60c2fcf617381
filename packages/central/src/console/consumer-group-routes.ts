import {
  type ConsumerGroupView,
  type EventReadersView,
  LIMITS,
  type NewConsumerGroup,
  parseConnectionString,
} from '@viaduct/contracts';
import {
  addConsumerGroup,
  DEFAULT_CONSUMER_GROUP,
  type DescribedConsumerGroup,
  getConsumerGroup,
  type Hub,
  listConsumerGroups,
  removeConsumerGroup,
} from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

/** Who reads events, for which consumer group and how far; groups come and go. */
export function consumerGroupRoutes(app: FastifyInstance, { hub, store, connectionInfo }: ConsoleParts): void {
  app.get('/consumer-groups', async () => eventReadersView(hub, connectionInfo().eventHubsConnectionString));

  app.post<{ Body: NewConsumerGroup }>('/consumer-groups', { schema: { body: NEW } }, async (request, reply) => {
    const { name } = request.body;
    const deed = { action: 'consumerGroup.add', object: name };
    const { group, isNew } = await audited(store, request, deed, () => addConsumerGroup(hub, name));
    reply.code(isNew ? 201 : 200);
    return groupView(getConsumerGroup(hub, group.name));
  });

  app.delete<{ Params: { name: string } }>('/consumer-groups/:name', async (request, reply) => {
    const { name } = request.params;
    const deed = { action: 'consumerGroup.remove', object: name };
    await audited(store, request, deed, () => removeConsumerGroup(hub, name));
    return reply.code(204).send();
  });
}

function eventReadersView(hub: Hub, connectionString: string): EventReadersView {
  return {
    eventHubName: parseConnectionString(connectionString).EntityPath ?? '',
    partitions: Array.from({ length: hub.eventPartitions }, (_, partition) => {
      const { first, next, lastEnqueuedTime } = hub.log.bounds(partition);
      return { partition, firstOffset: first, nextOffset: next, lastEnqueuedTime: lastEnqueuedTime || null };
    }),
    groups: listConsumerGroups(hub).map(groupView),
    groupsMax: LIMITS.CONSUMER_GROUPS_MAX,
  };
}

function groupView({ name, createdTime, readers }: DescribedConsumerGroup): ConsumerGroupView {
  return { name, createdTime, isDefault: name === DEFAULT_CONSUMER_GROUP, readers };
}

const NEW = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: { name: { type: 'string', maxLength: LIMITS.CONSUMER_GROUP_NAME_CHARACTERS_MAX } },
} as const;
