import { FLAG, object, oneOf, readOnly, type Schemas, text } from './schema.ts';

export const FILE_UPLOAD_SCHEMAS: Schemas = {
  FileUpload: object(
    {
      account: text(),
      connectionString: text({ minLength: 1 }),
      container: text({ minLength: 1 }),
      sasTtl: text(),
      state: readOnly(oneOf('pending', 'updating', 'deleting', 'succeeded', 'failed')),
      readAccess: FLAG,
      etag: text(),
    },
    'connectionString',
    'container',
  ),
};
