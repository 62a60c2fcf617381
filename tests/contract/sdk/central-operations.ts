import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../../../docs/protocol/central-openapi.json', import.meta.url));

/** An operation, as the document has it. */
export interface OperationDocument {
  readonly method: string;
  readonly path: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

export const document = JSON.parse(readFileSync(FILE, 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationDocument & { operationId: string }>>>>;
};
export const operations = new Map<string, OperationDocument>(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, one]) => [one.operationId, { ...one, method: method.toUpperCase(), path }] as const,
    ),
  ),
);
/** Every operation that is served: each needs a test that proves it. */
export const CENTRAL_OPERATIONS: Readonly<Record<string, string>> = Object.fromEntries(
  [...operations].map(([id, { method, path }]) => [id, `${method} ${path}`]),
);
