import { HubError, type JsonObject } from '@viaduct/contracts';
import { isObject, listOf } from './json-shape.ts';

/** From the document of a template to an element. */
export type ElementPath = readonly (string | number)[];

/** One interface of a model, as a parser of DTDL wants it, and where it stands first. */
export interface SeparateInterface {
  readonly copy: JsonObject;
  readonly path: ElementPath;
}

/**
 * A capability model as a parser of DTDL wants it: each interface once, the others named by identifier, in one version's context, and
 * without what IoT Central adds to DTDL, of which parsers know only a part. The copy is for reading only; what is kept is what came.
 *
 * @throws HubError template.invalid: two different interfaces of one identifier; model.invalid: some content is of no kind
 */
export function separateInterfaces(model: JsonObject): readonly SeparateInterface[] {
  const separate = new Map<string, SeparateInterface & { readonly given: string }>();
  const take = (one: JsonObject, version: number, path: ElementPath): string => {
    const id = typeof one['@id'] === 'string' ? one['@id'] : `dtmi:viaduct:anonymous:i${separate.size};1`;
    const given = JSON.stringify({ ...one, '@context': null }, inOrder);
    const known = separate.get(id);
    if (known !== undefined) {
      if (known.given === given) return id;
      throw new HubError('template.invalid', `${pathText(path)} is another ${id} than the one before`);
    }
    separate.set(id, { given, path, copy: {} });
    const own = dtdlVersion(one['@context']) ?? version;
    separate.set(id, { given, path, copy: interfaceCopy(one, id, own, path, take) });
    return id;
  };
  take(model, dtdlVersion(model['@context']) ?? 2, ['capabilityModel']);
  return [...separate.values()].map(({ copy, path }) => ({ copy, path }));
}

/** The same interface may have its members in another order, where another tool wrote it. */
function inOrder(_key: string, value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

/** `capabilityModel.contents[0].schema`. */
function pathText(path: ElementPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}

/** Of `dtmi:dtdl:context;3`, alone or in a list: 3. */
export function dtdlVersion(context: unknown): number | undefined {
  const versions = textsOf(context).map((one) => /^dtmi:dtdl:context;(\d+)/.exec(one)?.[1]);
  const version = versions.find((found) => found !== undefined);
  return version === undefined ? undefined : Number(version);
}

type Take = (model: JsonObject, version: number, path: ElementPath) => string;

function interfaceCopy(model: JsonObject, id: string, version: number, path: ElementPath, take: Take): JsonObject {
  const reference = (value: unknown, at: ElementPath) => (isObject(value) ? take(value, version, at) : value);
  const contents = listOf(model.contents).map((content, index) => {
    const at = [...path, 'contents', index];
    requireKind(content, at);
    if (!isObject(content) || !listOf(content['@type']).includes('Component')) return plainCopy(content, version);
    return { ...plainFields(content, version), schema: reference(content.schema, [...at, 'schema']) };
  });
  const { extends: bases, contents: _contents, '@context': context, ...rest } = model;
  return {
    ...plainFields(rest, version),
    '@context': contextOf(version, context),
    '@id': id,
    ...(model.contents === undefined ? {} : { contents }),
    ...(bases === undefined
      ? {}
      : { extends: listOf(bases).map((base, index) => reference(base, [...path, 'extends', index])) }),
  };
}

/** The parser says that some content lacks a kind; people want to know which. */
function requireKind(content: unknown, path: ElementPath): void {
  const types = isObject(content) ? textsOf(content['@type']) : [];
  if (types.some((type) => KIND.test(type))) return;
  throw new HubError(
    'model.invalid',
    `${pathText(path)} has no @type of Telemetry, Property, Command, Component or Relationship`,
  );
}

const KIND = /^(?:dtmi:dtdl:class:)?(?:Telemetry|Property|Command|Component|Relationship)(?:;\d+)?$/;

/** Version 2 has units built in, and IoT Central's context is of version 2 only. */
function contextOf(version: number, given: unknown): readonly string[] {
  const dtdl = `dtmi:dtdl:context;${version}`;
  if (version < 3) return [dtdl, 'dtmi:iotcentral:context;2'];
  const extensions = textsOf(given).filter((one) => one.startsWith('dtmi:dtdl:extension:'));
  const hasUnits = extensions.some((one) => one.includes(':quantitativeTypes;'));
  return [dtdl, ...(hasUnits ? [] : [`dtmi:dtdl:extension:quantitativeTypes;${version - 2}`]), ...extensions];
}

/** What IoT Central writes beside the words of DTDL: how a value is drawn, and how a command is sent. */
const CENTRAL_ONLY: ReadonlySet<string> = new Set([
  'color',
  'decimalPlaces',
  'displayUnit',
  'durable',
  'falseName',
  'initialValue',
  'maxValue',
  'minValue',
  'severity',
  'trueName',
]);

function plainCopy(value: unknown, version: number): unknown {
  if (Array.isArray(value)) return value.map((item) => plainCopy(item, version));
  return isObject(value) ? plainFields(value, version) : value;
}

/** From entries, for a member may be called `__proto__`. */
function plainFields(value: JsonObject, version: number): JsonObject {
  const members = Object.entries(value).filter(([name]) => !CENTRAL_ONLY.has(name));
  return Object.fromEntries(
    members.map(([name, member]) => {
      // IoT Central's own schemas have no name from version 3 on; any other serves to check the rest.
      const isForeign = version > 2 && name === 'schema' && (member === 'geopoint' || member === 'vector');
      return [name, isForeign ? 'string' : plainCopy(member, version)];
    }),
  );
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((one) => typeof one === 'string');
}
