import { array, collection, FREE_OBJECT, readOnly, type Schemas, text } from './schema.ts';

/** Open: a template that was exported elsewhere may carry more than this, and keeps it. */
export const TEMPLATE_SCHEMAS: Schemas = {
  DeviceTemplate: {
    type: 'object',
    properties: {
      '@id': readOnly(text()),
      '@type': array(text(), { minItems: 1 }),
      etag: text(),
      displayName: text(),
      description: text(),
      capabilityModel: FREE_OBJECT,
    },
    required: ['@type', 'capabilityModel'],
    additionalProperties: true,
  },
  DeviceTemplateCollection: collection('DeviceTemplate'),
};
