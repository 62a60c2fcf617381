// biome-ignore lint/suspicious/noExplicitAny: two documents of other people's shapes, walked over once.
type Any = any;

/**
 * What an OpenAPI 3.1 document of ours and Azure's OpenAPI 2.0 document say differently of the operations and schemas that both have:
 * paths, parameters, bodies, statuses; members, whether they are required, types, values, bounds. One line a difference.
 */
export function compareWithSpecification(ours: object, azure: object): string[] {
  const differences: string[] = [];
  const note = (place: string, mine: unknown, theirs: unknown) => {
    const [a, b] = [JSON.stringify(mine) ?? 'nothing', JSON.stringify(theirs) ?? 'nothing'];
    if (a !== b) differences.push(`${place}: ${a}, there ${b}`);
  };
  compareOperations(ours, azure, note);
  compareSchemas(ours, azure, note);
  return differences;
}

type Note = (place: string, mine: unknown, theirs: unknown) => void;

function compareOperations(ours: Any, azure: Any, note: Note): void {
  const theirs = operationsOf(azure);
  for (const [id, { call, operation }] of operationsOf(ours)) {
    const their = theirs.get(id);
    note(`${id}`, call, their?.call.replace(/^(\w+) \/(?:api\/)?/, '$1 /'));
    if (their === undefined) continue;
    const parameters = (their.operation.parameters as Any[]).map((parameter) => resolve(azure, parameter));
    const named = parameters.filter(
      (parameter) => parameter.in !== 'body' && parameter['x-ms-parameter-location'] !== 'client',
    );
    const names = (list: Any[]) =>
      list
        .map(({ name, in: place }) => `${place} ${name}`)
        .filter((name) => name !== 'query api-version')
        .sort();
    note(`${id} parameters`, names(operation.parameters), names(named));
    const body = parameters.find((parameter) => parameter.in === 'body');
    const [ourBody] = Object.values<Any>(operation.requestBody?.content ?? {});
    note(`${id} body`, refName(ourBody?.schema), refName(body?.schema));
    const statuses = (responses: Any) => Object.keys(responses).filter((status) => status !== 'default');
    note(`${id} statuses`, statuses(operation.responses), statuses(their.operation.responses));
    const [status = ''] = statuses(operation.responses);
    const answer = operation.responses[status]?.content?.['application/json']?.schema;
    note(`${id} answer`, refName(answer), refName(their.operation.responses[status]?.schema));
  }
}

function operationsOf(document: Any): Map<string, { readonly call: string; readonly operation: Any }> {
  const found = new Map<string, { call: string; operation: Any }>();
  for (const [path, methods] of Object.entries<Any>(document.paths)) {
    for (const [method, operation] of Object.entries<Any>(methods)) {
      if (operation.operationId)
        found.set(operation.operationId, { call: `${method.toUpperCase()} ${path}`, operation });
    }
  }
  return found;
}

function compareSchemas(ours: Any, azure: Any, note: Note): void {
  for (const [name, mine] of Object.entries<Any>(ours.components.schemas)) {
    if (azure.definitions[name] === undefined) note(name, 'ours', undefined);
    else compareSchema(name, mine, flat(azure, azure.definitions[name]), note);
  }
}

const BOUNDS = ['enum', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'readOnly'];

function compareSchema(place: string, mine: Any, theirs: Any, note: Note): void {
  if (mine.oneOf !== undefined) return;
  note(`${place} required`, [...(mine.required ?? [])].sort(), [...(theirs.required ?? [])].sort());
  for (const bound of BOUNDS) note(`${place} ${bound}`, mine[bound], theirs[bound]);
  const typeOf = (schema: Any) => refName(schema) ?? (schema.const === undefined ? schema.type : 'string');
  const names = new Set([...Object.keys(mine.properties ?? {}), ...Object.keys(theirs.properties ?? {})]);
  for (const name of names) {
    const [my, their] = [mine.properties?.[name], theirs.properties?.[name]];
    note(`${place}.${name}`, my && typeOf(my), their && typeOf(their));
    if (my === undefined || their === undefined || my.$ref !== undefined) continue;
    compareSchema(`${place}.${name}`, my, their, note);
    if (my.items !== undefined) note(`${place}.${name}[]`, typeOf(my.items), typeOf(their.items ?? {}));
  }
}

/** With what it inherits. */
function flat(document: Any, schema: Any): Any {
  const parents = ((schema.allOf ?? []) as Any[]).map((parent) => flat(document, resolve(document, parent)));
  const all = [...parents, schema];
  return {
    ...schema,
    required: all.flatMap(({ required }) => required ?? []),
    properties: Object.fromEntries(
      all
        .flatMap(({ properties }) => Object.entries<Any>(properties ?? {}))
        .map(([name, one]) => [name, inPlace(document, one)]),
    ),
  };
}

/** A name for a text is that text. */
function inPlace(document: Any, schema: Any): Any {
  const target = schema.$ref === undefined ? undefined : resolve(document, schema);
  return target?.type === 'string' ? target : schema;
}

function resolve(document: Any, value: Any): Any {
  if (value.$ref === undefined) return value;
  return value.$ref
    .slice(2)
    .split('/')
    .reduce((at: Any, name: string) => at[name], document);
}

function refName(schema: Any): string | undefined {
  return schema?.$ref?.split('/').at(-1) ?? schema?.allOf?.[0]?.$ref?.split('/').at(-1);
}
