import assert from 'node:assert/strict';
import type { TestServer } from '@viaduct/testkit';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, type TestContext } from 'vitest';
import { document, type OperationDocument, operations } from './central-operations.ts';
import { proves } from './operations.ts';

const ajv = new Ajv({ discriminator: true, strict: false });
addFormats.default(ajv);
ajv.addFormat('date-time-rfc1123', /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
ajv.addSchema(document, 'central');

export interface CentralRequest {
  /** Of the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** 2022-10-31-preview where it is not said. */
  readonly version?: string;
  /** That of the ready file where it is not said; empty for none. */
  readonly token?: string;
  /** Wrong on purpose: the body is not held to the document. */
  readonly isWrong?: boolean;
}

export interface CentralAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever central says, for assertions.
  readonly body: any;
}

/**
 * One operation of Azure IoT Central's REST interface, over TLS. What is sent and what is answered is held to
 * docs/protocol/central-openapi.json, and a success proves the operation in COMPATIBILITY.md, where a task is given. For `tests/contract/central-*.test.ts`:
 *
 *     const { body } = await callCentral(server, task, 'Devices_Get', { params: { deviceId: 'd1' } });
 */
export async function callCentral(
  { ready: { central } }: Pick<TestServer, 'ready'>,
  task: TestContext['task'] | null,
  operationId: string,
  asked: CentralRequest = {},
): Promise<CentralAnswer> {
  const { params = {}, body, headers = {}, token = central.apiToken, isWrong = false } = asked;
  const operation = requireOperation(operationId);
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  if (!isWrong && type !== undefined) requireSchema(operation, ['requestBody', 'content', type, 'schema'], body);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const answer = await fetch(`${central.url}${path}?${queryOf(operation, asked)}`, {
    method: operation.method,
    headers: {
      ...(token === '' ? {} : { authorization: token }),
      ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  validated(operationId, answer.status, json);
  if (answer.ok && task !== null) proves(task, operationId as `${string}_${string}`);
  return { status: answer.status, headers: answer.headers, body: json };
}

/** Holds an answer to the document: its status is one of the operation's, or it is an error. */
function validated(operationId: string, status: number, body: unknown): void {
  const operation = requireOperation(operationId);
  const key = status < 300 ? String(status) : 'default';
  expect(Object.keys(operation.responses), `${operationId}: ${JSON.stringify(body)}`).toContain(key);
  const response = operation.responses[key] as { content?: object };
  if (response.content === undefined) expect(body).toBeUndefined();
  else requireSchema(operation, ['responses', key, 'content', 'application/json', 'schema'], body);
}

function requireOperation(operationId: string): OperationDocument {
  const operation = operations.get(operationId);
  assert(operation !== undefined, `docs/protocol/central-openapi.json has no ${operationId}`);
  return operation;
}

function requireSchema({ method, path }: OperationDocument, place: readonly string[], value: unknown): void {
  const steps = ['paths', path, method.toLowerCase(), ...place];
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = ajv.getSchema(`central#/${pointer}`);
  assert(validate !== undefined, `${steps.join(' ')} has a schema`);
  if (validate(value) === true) return;
  expect.fail(`${method} ${path}, ${place[0]}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
}

function queryOf(
  { parameters }: OperationDocument,
  { query = {}, version = '2022-10-31-preview', isWrong }: CentralRequest,
) {
  const documented = parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name.replace(/^\$/, ''));
  for (const name of Object.keys(query)) {
    const isKnown = documented.includes(name) || name.startsWith('$') || isWrong;
    assert(isKnown, `the document has no parameter ${name}; the older spelling begins with $`);
  }
  return new URLSearchParams({ 'api-version': version, ...query }).toString();
}
