import { type AcceptedTemplate, type InferredTemplate, LIMITS, type NewCapability } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import { acceptTemplate, promoteCapability, proposeTemplate } from '../template/propose-template.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import type { OfDevice } from './identity-paths.ts';
import { templateView } from './template-view.ts';

/** A model made of what a device sends, as a whole or value by value. */
export function deviceModelRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.get<OfDevice>(
    '/devices/:deviceId/proposal',
    ({ params }): Promise<InferredTemplate> => proposeTemplate(parts, params.deviceId),
  );

  app.post<OfDevice & { Body: AcceptedTemplate }>(
    '/devices/:deviceId/proposal',
    { schema: { body: ACCEPTED } },
    (request, reply) => {
      const { deviceId } = request.params;
      reply.code(201);
      return audited(parts.store, request, { action: 'template.accept', object: request.body.templateId }, async () =>
        templateView(parts, await acceptTemplate(parts, deviceId, request.body)),
      );
    },
  );

  app.post<OfDevice & { Body: NewCapability }>(
    '/devices/:deviceId/capability',
    { schema: { body: CAPABILITY } },
    (request, reply) => {
      const { deviceId } = request.params;
      reply.code(201);
      return audited(parts.store, request, { action: 'template.promote', object: request.body.name }, async () =>
        templateView(parts, await promoteCapability(parts, deviceId, request.body)),
      );
    },
  );
}

const NAME = { type: 'string', minLength: 1, maxLength: LIMITS.SERIES_NAME_CHARACTERS_MAX } as const;
// Lists of types, for with `anyOf` the validator makes a null into an empty text.
const COMPONENT = { ...NAME, type: ['string', 'null'] } as const;
const KIND = { enum: ['telemetry', 'property'] } as const;
const TEXT = { type: 'string', maxLength: 64 } as const;
const MEASURE = {
  type: ['object', 'null'],
  required: ['semanticType', 'unit', 'confidence'],
  properties: { semanticType: TEXT, unit: TEXT, confidence: { enum: ['high', 'low'] } },
} as const;
const ACCEPTED = {
  type: 'object',
  required: ['templateId', 'displayName', 'fields'],
  additionalProperties: false,
  properties: {
    templateId: { type: 'string', maxLength: LIMITS.MODEL_ID_CHARACTERS_MAX },
    displayName: { ...TEXT, minLength: 1 },
    fields: {
      type: 'array',
      maxItems: LIMITS.INFERRED_FIELDS_MAX,
      items: {
        type: 'object',
        required: ['kind', 'component', 'name', 'displayName', 'schema', 'role', 'isWritable', 'measure'],
        properties: {
          kind: KIND,
          component: COMPONENT,
          name: NAME,
          displayName: TEXT,
          role: { ...TEXT, type: ['string', 'null'] },
          isWritable: { type: 'boolean' },
          measure: MEASURE,
        },
      },
    },
  },
} as const;
const CAPABILITY = {
  type: 'object',
  required: ['kind', 'component', 'name'],
  additionalProperties: false,
  properties: { kind: KIND, component: COMPONENT, name: NAME },
} as const;
