import { array, FREE_OBJECT, object, type Schemas, text } from './schema.ts';

export const QUERY_SCHEMAS: Schemas = {
  QueryRequest: object({ query: text({ minLength: 1 }) }, 'query'),
  QueryResponse: object({ results: array(FREE_OBJECT) }, 'results'),
};
