import {
  type DeviceGroupDetail,
  type DeviceGroupView,
  type GroupPreview,
  LIMITS,
  type NewDeviceGroup,
} from '@viaduct/contracts';
import { newGuid } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import type { DeviceGroup } from '../directory/device-directory.ts';
import { parseGroupFilter } from '../language/group-filter.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { iso } from './device-view.ts';
import { directoryRow } from './directory-view.ts';

interface OfGroup {
  Params: { groupId: string };
}

const PREVIEW_DEVICES = 10;

/** Groups of devices. */
export function groupRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const { store, groups, devices, hub } = parts;

  app.get('/groups', async (): Promise<readonly DeviceGroupView[]> => groups.list().map(groupView));

  app.post<{ Body: NewDeviceGroup }>('/groups', { schema: { body: BODY } }, (request, reply) => {
    reply.code(201);
    return audited(store, request, { action: 'group.create', object: request.body.displayName }, async () =>
      groupView(await groups.put(groupOf(newGuid(hub), request.body))),
    );
  });

  app.post<{ Body: { filter: string } }>('/groups/preview', { schema: { body: PREVIEW } }, ({ body }) =>
    preview(parts, body.filter),
  );

  app.get<OfGroup>('/groups/:groupId', async ({ params }): Promise<DeviceGroupDetail> => {
    const group = groups.get(params.groupId);
    return { ...groupView(group), count: await devices.count(group.filter) };
  });

  app.put<OfGroup & { Body: NewDeviceGroup }>('/groups/:groupId', { schema: { body: BODY } }, (request) => {
    const { groupId } = request.params;
    return audited(store, request, { action: 'group.change', object: groupId }, async () =>
      groupView(await groups.put(groupOf(groupId, request.body, groups.find(groupId)), request.body.etag)),
    );
  });

  app.delete<OfGroup>('/groups/:groupId', async (request, reply) => {
    const { groupId } = request.params;
    await audited(store, request, { action: 'group.remove', object: groupId }, () => groups.remove(groupId));
    return reply.code(204).send();
  });
}

async function preview(parts: ConsoleParts, text: string): Promise<GroupPreview> {
  const page = await parts.devices.list({ filter: parseGroupFilter(text), limit: PREVIEW_DEVICES });
  return {
    count: page.total,
    devices: await Promise.all(page.items.map((device) => directoryRow(parts, device, []))),
  };
}

function groupOf(
  groupId: string,
  { displayName, description = '', filter, organization }: NewDeviceGroup,
  before?: DeviceGroup,
) {
  return {
    groupId,
    displayName,
    description,
    filterText: filter,
    organizations: organization === undefined || organization === null ? [] : [organization],
    isDefault: before?.isDefault ?? false,
  };
}

function groupView(group: DeviceGroup): DeviceGroupView {
  return {
    groupId: group.groupId,
    displayName: group.displayName,
    description: group.description,
    filter: group.filterText,
    organization: group.organizations[0] ?? null,
    isDefault: group.isDefault,
    etag: group.etag,
    updatedAt: iso(group.updatedTime),
  };
}

const FILTER = { type: 'string', minLength: 1, maxLength: LIMITS.QUERY_CHARACTERS_MAX } as const;
const PREVIEW = {
  type: 'object',
  required: ['filter'],
  additionalProperties: false,
  properties: { filter: FILTER },
} as const;
const BODY = {
  type: 'object',
  required: ['displayName', 'filter'],
  additionalProperties: false,
  properties: {
    displayName: { type: 'string', minLength: 1, maxLength: LIMITS.CENTRAL_NAME_CHARACTERS_MAX },
    description: { type: 'string', maxLength: 4_096 },
    filter: FILTER,
    organization: { type: ['string', 'null'], maxLength: 48 },
    etag: { type: 'string', maxLength: 128 },
  },
} as const;
