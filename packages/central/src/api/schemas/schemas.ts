import { ACCESS_SCHEMAS } from './access-schemas.ts';
import { DASHBOARD_SCHEMAS } from './dashboard-schemas.ts';
import { DEVICE_SCHEMAS } from './device-schemas.ts';
import { ENROLLMENT_SCHEMAS } from './enrollment-schemas.ts';
import { FILE_UPLOAD_SCHEMAS } from './file-upload-schemas.ts';
import { QUERY_SCHEMAS } from './query-schemas.ts';
import { array, FREE_OBJECT, object, ref, type Schemas, text } from './schema.ts';
import { TEMPLATE_SCHEMAS } from './template-schemas.ts';
import { TILE_SCHEMAS } from './tile-schemas.ts';

/** Every document of the interface, by the name that Azure gives it: what bodies are held to, and in tests answers too. */
export const SCHEMAS: Schemas = {
  Collection: object({ value: array(FREE_OBJECT), nextLink: text() }, 'value'),
  Error: object({ error: ref('ErrorDetails') }, 'error'),
  ErrorDetails: object(
    { code: text(), message: text(), requestId: text(), time: text({ format: 'date-time-rfc1123' }) },
    'code',
    'message',
  ),
  ...ACCESS_SCHEMAS,
  ...DASHBOARD_SCHEMAS,
  ...DEVICE_SCHEMAS,
  ...ENROLLMENT_SCHEMAS,
  ...FILE_UPLOAD_SCHEMAS,
  ...QUERY_SCHEMAS,
  ...TEMPLATE_SCHEMAS,
  ...TILE_SCHEMAS,
};
