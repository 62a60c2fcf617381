import { CHART_SHAPES, LIMITS, VIEW_SCOPES, type ViewEditsPatch } from '@viaduct/contracts';
import { getDevice } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { patchViewEdits, readViewEdits, removeViewEdits, type ViewOwner } from '../view/view-edits.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

interface OfView {
  Params: ViewOwner;
}

/** What people changed of pages that were made by themselves. */
export function viewRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const { store } = parts;
  app.get<OfView>('/views/:scope/:id', { schema: { params: PARAMS } }, ({ params }) => readViewEdits(store, params));

  app.patch<OfView & { Body: ViewEditsPatch }>(
    '/views/:scope/:id',
    { schema: { params: PARAMS, body: BODY } },
    (request) =>
      audited(store, request, { action: 'view.change', object: request.params.id }, async () => {
        await requireOwner(parts, request.params);
        return patchViewEdits(store, request.params, request.body);
      }),
  );

  app.delete<OfView>('/views/:scope/:id', { schema: { params: PARAMS } }, async (request, reply) => {
    await audited(store, request, { action: 'view.reset', object: request.params.id }, () =>
      removeViewEdits(store, request.params),
    );
    return reply.code(204).send();
  });
}

/** So that what is kept is bounded by what there is. @throws HubError device.notFound, template.notFound */
async function requireOwner({ hub, templates }: ConsoleParts, { scope, id }: ViewOwner): Promise<void> {
  if (scope === 'device') await getDevice(hub, { deviceId: id });
  else templates.get(id);
}

const PARAMS = {
  type: 'object',
  properties: { scope: { enum: VIEW_SCOPES }, id: { type: 'string', minLength: 1, maxLength: 2_048 } },
} as const;
const number = { type: ['number', 'null'] } as const;
const flag = { type: ['boolean', 'null'] } as const;
const FIELD = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    isHidden: flag,
    isPinned: flag,
    title: { type: ['string', 'null'], minLength: 1, maxLength: 128 },
    color: { type: ['string', 'null'], pattern: '^#[0-9a-fA-F]{6}$' },
    chart: { enum: [...CHART_SHAPES, null] },
    min: number,
    max: number,
    position: number,
  },
} as const;
const BODY = {
  type: 'object',
  required: ['fields'],
  additionalProperties: false,
  properties: {
    fields: {
      type: 'object',
      maxProperties: LIMITS.VIEW_EDIT_FIELDS_MAX,
      propertyNames: { minLength: 1, maxLength: LIMITS.SERIES_NAME_CHARACTERS_MAX },
      additionalProperties: FIELD,
    },
  },
} as const;
