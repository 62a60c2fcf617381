import type { JsonObject } from '@viaduct/contracts';
import type { Template } from './template-book.ts';

/** A template as REST answers it and IoT Central exports it. */
export function templateJson(template: Template): JsonObject {
  const { templateId, displayName, description, types, etag, document } = template;
  return {
    '@id': templateId,
    '@type': types,
    ...document,
    displayName,
    ...(description === null ? {} : { description }),
    etag,
  };
}
