import type { JsonObject, ModelFault } from '@viaduct/contracts';
import { isObject, listOf, textOf, typesOf, withLocalText, withMember } from './dtdl.ts';
import { moved } from './edit-schema.ts';

/** An interface of a model whose capabilities can be changed: the device itself, or what its content at an index is of. */
export type Part = number | null;

/** A base that the model inherits from; named only, until it is published. */
export interface Base {
  /** Among what the interface extends, and so on; of one for what it extends itself. */
  readonly way: readonly number[];
  readonly modelId: string;
  readonly document: JsonObject | null;
}

export function modelOf(document: JsonObject): JsonObject {
  return isObject(document.capabilityModel) ? document.capabilityModel : {};
}

/** Undefined for a component whose interface is only named. */
export function interfaceAt(document: JsonObject, part: Part): JsonObject | undefined {
  const model = modelOf(document);
  if (part === null) return model;
  const content = elementsOf(model)[part];
  return isObject(content?.schema) ? content.schema : undefined;
}

/** What is no object is shown as an empty one, and stays as it is. */
export function elementsOf(model: JsonObject): readonly JsonObject[] {
  return listOf(model.contents).map((content) => (isObject(content) ? content : {}));
}

/** At the end where the index is that of nothing. */
export function putElement(document: JsonObject, part: Part, index: number, element: JsonObject): JsonObject {
  return changeContents(document, part, (contents) =>
    index < contents.length ? contents.with(index, element) : [...contents, element],
  );
}

export function removeElement(document: JsonObject, part: Part, index: number): JsonObject {
  return changeContents(document, part, (contents) => contents.toSpliced(index, 1));
}

export function moveElement(document: JsonObject, part: Part, index: number, by: -1 | 1): JsonObject {
  return changeContents(document, part, (contents) => moved(contents, index, by));
}

/** What people call a part. Of the model, the template as well, where that has a name of its own. */
export function nameInterface(document: JsonObject, part: Part, displayName: string, description: string): JsonObject {
  const named = (one: JsonObject) =>
    withLocalText(withLocalText(one, 'displayName', displayName), 'description', description);
  const changed = changeInterface(document, part, named);
  if (part !== null) return changed;
  const both = document.displayName === undefined ? changed : { ...changed, displayName };
  return document.description === undefined ? both : withMember(both, 'description', description || undefined);
}

/** A component's interface under an identifier that nothing else of the model has, so that it can be changed alone. */
export function separatePart(document: JsonObject, part: number): JsonObject {
  const model = modelOf(document);
  const content = elementsOf(model)[part];
  if (!isObject(content?.schema)) return document;
  const schema = { ...content.schema, '@id': freeInterfaceId(model, textOf(content.name)) };
  return putElement(document, null, part, { ...content, schema });
}

/** An empty interface for a component that is made here. */
export function newInterface(document: JsonObject, name: string): JsonObject {
  const displayName = name;
  return { '@id': freeInterfaceId(modelOf(document), name), '@type': 'Interface', displayName, contents: [] };
}

/** `dtmi:acme:Oven:motor;1`. DTDL allows an interface of version 2 an identifier of 128 characters. */
function freeInterfaceId(model: JsonObject, name: string): string {
  const [path = '', version = '1'] = textOf(model['@id']).split(';');
  const last = /^[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?$/.test(name) ? name : 'part';
  const taken = interfaceIds(model);
  for (let number = 1; ; number++) {
    const id = `${path}:${last}${number === 1 ? '' : number};${version}`;
    if (!taken.has(id)) return id;
  }
}

function interfaceIds(model: JsonObject): ReadonlySet<string> {
  const inner = [...listOf(model.extends), ...elementsOf(model).map(({ schema }) => schema)].filter(isObject);
  return new Set([textOf(model['@id']), ...inner.flatMap((one) => [...interfaceIds(one)])]);
}

/** Names of the components that are of the same interface, and change with it. */
export function sharedWith(document: JsonObject, part: number): readonly string[] {
  const elements = elementsOf(modelOf(document));
  const own = idOf(elements[part]?.schema);
  if (own === '') return [];
  return elements.flatMap(({ schema, name }, index) => (index !== part && idOf(schema) === own ? [textOf(name)] : []));
}

/** What an interface extends, and what that extends, nearest first. */
export function basesOf(model: JsonObject): readonly Base[] {
  return listOf(model.extends).flatMap((base, index) => {
    const document = isObject(base) ? base : null;
    const inherited = document === null ? [] : basesOf(document);
    const further = inherited.map((one) => ({ ...one, way: [index, ...one.way] }));
    return [{ way: [index], modelId: idOf(base), document }, ...further];
  });
}

export function addBase(document: JsonObject, base: JsonObject | string): JsonObject {
  const model = modelOf(document);
  return { ...document, capabilityModel: { ...model, extends: [...listOf(model.extends), base] } };
}

export function removeBase(document: JsonObject, index: number): JsonObject {
  const model = modelOf(document);
  const bases = listOf(model.extends).toSpliced(index, 1);
  return { ...document, capabilityModel: withMember(model, 'extends', bases.length === 0 ? undefined : bases) };
}

function idOf(reference: unknown): string {
  return textOf(isObject(reference) ? reference['@id'] : reference);
}

function changeContents(
  document: JsonObject,
  part: Part,
  change: (contents: readonly unknown[]) => readonly unknown[],
): JsonObject {
  return changeInterface(document, part, (one) => ({ ...one, contents: change(listOf(one.contents)) }));
}

/** An identifier is of one interface: wherever it is written out in the model, it changes. */
function changeInterface(document: JsonObject, part: Part, change: (one: JsonObject) => JsonObject): JsonObject {
  const before = interfaceAt(document, part);
  if (before === undefined) return document;
  const model = modelOf(document);
  if (part === null) return { ...document, capabilityModel: change(model) };
  const after = change(before);
  const content = { ...elementsOf(model)[part], schema: after };
  const contents = listOf(model.contents).with(part, content);
  const changed = { ...model, contents };
  const id = idOf(before);
  return { ...document, capabilityModel: id === '' ? changed : withInterface(changed, id, after) };
}

function withInterface(model: JsonObject, id: string, after: JsonObject): JsonObject {
  const replaced = (one: unknown): unknown => {
    if (!isObject(one)) return one;
    return idOf(one) === id ? after : withInterface(one, id, after);
  };
  const contents = listOf(model.contents).map((content) =>
    isObject(content) && typesOf(content).includes('Component') && isObject(content.schema)
      ? { ...content, schema: replaced(content.schema) }
      : content,
  );
  return {
    ...model,
    ...(model.contents === undefined ? {} : { contents }),
    ...(model.extends === undefined ? {} : { extends: listOf(model.extends).map(replaced) }),
  };
}

/** From the document to an interface, or to one of its capabilities. */
export function pathOf(part: Part, index?: number): readonly (string | number)[] {
  const owner = part === null ? ['capabilityModel'] : ['capabilityModel', 'contents', part, 'schema'];
  return index === undefined ? owner : [...owner, 'contents', index];
}

export function faultsWithin(faults: readonly ModelFault[], path: readonly (string | number)[]): readonly ModelFault[] {
  return faults.filter((fault) => path.every((one, index) => fault.path[index] === one));
}

/** Faults that no row of the designer shows: of the document, of the model itself, of what it inherits. */
export function faultsOfWhole(faults: readonly ModelFault[]): readonly ModelFault[] {
  return faults.filter(({ path: [, member, index] }) => member !== 'contents' || typeof index !== 'number');
}
