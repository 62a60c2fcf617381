import { HubError, type JsonObject, LIMITS } from '@viaduct/contracts';
import { isObject, listOf } from './json-shape.ts';

/**
 * A capability model as a parser of DTDL wants it: each interface once, the others named by identifier, in one version's context, and
 * without what IoT Central adds to DTDL, of which parsers know only a part. The copy is for reading only; what is kept is what came.
 *
 * @throws HubError template.invalid: two different interfaces of one identifier, or nesting past all bounds
 */
export function separateInterfaces(model: JsonObject): readonly JsonObject[] {
  const separate = new Map<string, { readonly given: string; readonly copy: JsonObject }>();
  const take = (one: JsonObject, version: number, path: string): string => {
    const id = typeof one['@id'] === 'string' ? one['@id'] : `dtmi:viaduct:anonymous:i${separate.size};1`;
    const given = JSON.stringify({ ...one, '@context': null });
    const known = separate.get(id);
    if (known !== undefined) {
      if (known.given !== given) throw new HubError('template.invalid', `${path} is another ${id} than the one before`);
      return id;
    }
    separate.set(id, { given, copy: {} });
    const own = dtdlVersion(one['@context']) ?? version;
    separate.set(id, { given, copy: interfaceCopy(one, id, own, path, take) });
    return id;
  };
  take(model, dtdlVersion(model['@context']) ?? 2, 'capabilityModel');
  return [...separate.values()].map(({ copy }) => copy);
}

/** Of `dtmi:dtdl:context;3`, alone or in a list: 3. */
export function dtdlVersion(context: unknown): number | undefined {
  const versions = textsOf(context).map((one) => /^dtmi:dtdl:context;(\d)/.exec(one)?.[1]);
  const version = versions.find((found) => found !== undefined);
  return version === undefined ? undefined : Number(version);
}

type Take = (model: JsonObject, version: number, path: string) => string;

function interfaceCopy(model: JsonObject, id: string, version: number, path: string, take: Take): JsonObject {
  const reference = (value: unknown, at: string) => (isObject(value) ? take(value, version, at) : value);
  const contents = listOf(model.contents).map((content, index) => {
    const at = `${path}.contents[${index}]`;
    requireKind(content, at);
    if (!isObject(content) || !listOf(content['@type']).includes('Component')) return plainCopy(content, version, at);
    return { ...plainFields(content, version, at), schema: reference(content.schema, `${at}.schema`) };
  });
  const { extends: bases, contents: _contents, '@context': context, ...rest } = model;
  return {
    ...plainFields(rest, version, path),
    '@context': contextOf(version, context),
    '@id': id,
    ...(model.contents === undefined ? {} : { contents }),
    ...(bases === undefined
      ? {}
      : { extends: listOf(bases).map((base, index) => reference(base, `${path}.extends[${index}]`)) }),
  };
}

/** The parser says that some content lacks a kind; people want to know which. */
function requireKind(content: unknown, path: string): void {
  const types = isObject(content) ? textsOf(content['@type']) : [];
  if (types.some((type) => KIND.test(type))) return;
  throw new HubError(
    'model.invalid',
    `${path} has no @type of Telemetry, Property, Command, Component or Relationship`,
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

function plainCopy(value: unknown, version: number, path: string): unknown {
  if (path.length > PATH_CHARACTERS_MAX)
    throw new HubError('template.invalid', `${path.slice(0, 100)}… nests too deep`);
  if (Array.isArray(value)) return value.map((item, index) => plainCopy(item, version, `${path}[${index}]`));
  return isObject(value) ? plainFields(value, version, path) : value;
}

function plainFields(value: JsonObject, version: number, path: string): JsonObject {
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (CENTRAL_ONLY.has(name)) continue;
    // IoT Central's own schemas have no name from version 3 on; any other serves to check the rest.
    const isForeign = version > 2 && name === 'schema' && (member === 'geopoint' || member === 'vector');
    copy[name] = isForeign ? 'string' : plainCopy(member, version, `${path}.${name}`);
  }
  return copy;
}

/** Of the deepest schema that is allowed, `.schema.fields[100]` at each level, and room to spare. */
const PATH_CHARACTERS_MAX = 100 * LIMITS.MODEL_DEPTH_MAX;

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((one) => typeof one === 'string');
}
