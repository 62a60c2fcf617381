import { LIMITS } from '@viaduct/contracts';
import { integer, type JsonSchema, oneOf, type Schemas, text } from './schema.ts';

/** What an id may be when something is made with it; to ask for what is not there is no mistake of form. */
export const PATH_PARAMETERS: Schemas = {
  dashboardId: text({ pattern: '^[a-zA-Z0-9:;]*$', maxLength: 128 }),
  deviceGroupId: text({ pattern: '^[a-zA-Z0-9_-]*$', maxLength: 255 }),
  enrollmentGroupId: text({ pattern: '^[a-zA-Z0-9-]*$', maxLength: 255 }),
  entry: oneOf('primary', 'secondary'),
  organizationId: text({ pattern: '^(?!-)[a-z0-9-]{1,48}[a-z0-9]$', maxLength: 48 }),
  userId: text({ pattern: '^[a-zA-Z0-9-_]*$', maxLength: 48 }),
};

const QUERY_PARAMETERS: Schemas = {
  maxpagesize: integer({ minimum: 1, maximum: LIMITS.API_PAGE_MAX }),
  unmodeled: { type: 'boolean' },
};

/** Any text where nothing else is said. Pure. */
export function parameterSchema(name: string): JsonSchema {
  return PATH_PARAMETERS[name] ?? QUERY_PARAMETERS[name] ?? text();
}
