import { versionsOf } from './api-version.ts';
import { OPERATION_TABLE, type OperationId, type OperationRow } from './operation-table.ts';
import { isOffered } from './refused-operations.ts';
import { parameterSchema } from './schemas/parameters.ts';
import type { JsonSchema } from './schemas/schema.ts';
import { SCHEMAS } from './schemas/schemas.ts';

/**
 * The interface as an OpenAPI 3.1 document: what is served, with the schemas that bodies are held to. docs/protocol/central-openapi.json
 * is this, and tests hold every answer to it. Pure.
 */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [id, row] of Object.entries(OPERATION_TABLE) as [OperationId, OperationRow][]) {
    if (!isOffered(id)) continue;
    const [method = '', path = ''] = row.call.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(id, row, path) };
  }
  return componentsInPlace({
    openapi: '3.1.0',
    info: { title: 'Viaduct: the REST interface of Azure IoT Central', version: '2022-10-31-preview' },
    servers: [{ url: '/api' }],
    security: [{ apiToken: [] }],
    paths,
    components: {
      securitySchemes: { apiToken: { type: 'apiKey', in: 'header', name: 'Authorization' } },
      schemas: SCHEMAS,
    },
  });
}

function operationObject(id: OperationId, row: OperationRow, path: string): object {
  const { body, patch, answer, status = 200, query = [] } = row;
  const pathNames = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const ifMatch = { name: 'If-Match', in: 'header', schema: { type: 'string' } };
  const version = { type: 'string', enum: versionsOf(row) };
  return {
    operationId: id,
    parameters: [
      { name: 'api-version', in: 'query', required: true, schema: version },
      ...pathNames.map((name) => ({ name, in: 'path', required: true, schema: parameterSchema(name) })),
      ...query.map((name) => ({ name, in: 'query', schema: parameterSchema(name) })),
      ...(patch === undefined ? [] : [ifMatch]),
    ],
    ...(body === undefined ? {} : { requestBody: content('application/json', { $ref: `#/definitions/${body}` }) }),
    ...(patch === undefined ? {} : { requestBody: content('application/merge-patch+json', { type: 'object' }) }),
    responses: {
      [status]: {
        description: 'Success',
        ...(answer === undefined ? {} : { content: json({ $ref: `#/definitions/${answer}` }) }),
      },
      default: { description: 'Refused', content: json({ $ref: '#/definitions/Error' }) },
    },
  };
}

function content(type: string, schema: JsonSchema): object {
  return { required: true, content: { [type]: { schema } } };
}

function json(schema: JsonSchema): object {
  return { 'application/json': { schema } };
}

/** OpenAPI keeps definitions elsewhere than JSON Schema does. */
function componentsInPlace(document: object): object {
  return JSON.parse(JSON.stringify(document).replaceAll('#/definitions/', '#/components/schemas/')) as object;
}
