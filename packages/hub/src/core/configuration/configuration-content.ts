import { type ConfigurationKind, HubError, isValidId, LIMITS } from '@viaduct/contracts';
import type { DesiredPath, JsonObject } from '../ports.ts';
import { isJsonObject, requireSectionSize, validatedSection } from '../twin/validate-section.ts';
import { contains, pathKey, type Setting } from './apply-settings.ts';

/** What a configuration sets, read from its content. */
export type ConfigurationContent =
  | { readonly kind: 'device' | 'module'; readonly settings: readonly Setting[] }
  | {
      readonly kind: 'edge';
      /** It adds to a deployment of a lower priority, and is nothing by itself. */
      readonly isLayered: boolean;
      /** By module id; of one module, the whole section comes first. */
      readonly modules: ReadonlyMap<string, readonly Setting[]>;
    };

const KINDS: Readonly<Record<string, ConfigurationKind>> = {
  deviceContent: 'device',
  moduleContent: 'module',
  modulesContent: 'edge',
};
const PREFIX = 'properties.desired';

/**
 * Reads what a configuration sets. Pure.
 *
 *     {"deviceContent":  {"properties.desired.a.b": value, …}}      devices; null takes the property away
 *     {"moduleContent":  {"properties.desired.a.b": value, …}}      modules
 *     {"modulesContent": {"$edgeAgent": {"properties.desired": {…}}, "m": {"properties.desired.a": value}, …}}
 *
 * The last is layered when it does not set all of `$edgeAgent`.
 *
 * @throws HubError configuration.contentInvalid
 */
export function readContent(content: JsonObject): ConfigurationContent {
  const bytes = Buffer.byteLength(JSON.stringify(content), 'utf8');
  if (bytes > LIMITS.CONFIGURATION_CONTENT_BYTES_MAX) {
    throw invalid(`the content has ${bytes} bytes, and at most ${LIMITS.CONFIGURATION_CONTENT_BYTES_MAX} are kept`);
  }
  const [name, value] = onlyMember(content);
  const kind = KINDS[name];
  if (kind === undefined || !isJsonObject(value)) throw invalid(`${name} is a JSON object`);
  if (kind !== 'edge') return { kind, settings: readSettings(value, name, { whole: false }) };
  const modules = readModules(value);
  const agent = modules.get('$edgeAgent');
  return { kind, isLayered: agent?.[0]?.path.length !== 0, modules };
}

/** SDKs write whole documents, with null or nothing in the members that are not used. */
function onlyMember(content: JsonObject): [string, unknown] {
  const stranger = Object.keys(content).find((name) => !Object.hasOwn(KINDS, name));
  if (stranger !== undefined) {
    throw invalid(
      `the content has the unknown member ${quoted(stranger)}: it has one of ${Object.keys(KINDS).join(', ')}`,
    );
  }
  const used = Object.entries(content).filter(([, value]) => value !== null && !isEmpty(value));
  const [only, second] = used;
  if (only === undefined) throw invalid(`the content sets nothing: it has one of ${Object.keys(KINDS).join(', ')}`);
  if (second !== undefined)
    throw invalid(`the content has ${only[0]} and ${second[0]}: a configuration has one of them`);
  return only;
}

function isEmpty(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function readModules(content: JsonObject): ReadonlyMap<string, readonly Setting[]> {
  const modules = new Map<string, readonly Setting[]>();
  if (Object.keys(content).length > LIMITS.MODULES_PER_DEVICE_MAX) {
    throw invalid(`modulesContent names more than the ${LIMITS.MODULES_PER_DEVICE_MAX} modules that a device may have`);
  }
  for (const [moduleId, value] of Object.entries(content)) {
    const name = `modulesContent, module ${quoted(moduleId)},`;
    if (!isValidId(moduleId)) throw invalid(`${quoted(moduleId)} is not a valid module id`);
    if (!isJsonObject(value)) throw invalid(`${name} is a JSON object with keys such as ${PREFIX}`);
    modules.set(moduleId, readSettings(value, name, { whole: true }));
  }
  return modules;
}

function readSettings(content: JsonObject, name: string, { whole }: { whole: boolean }): readonly Setting[] {
  const entries = Object.entries(content);
  if (entries.length > LIMITS.CONFIGURATION_SETTINGS_MAX) {
    throw invalid(`${name} sets ${entries.length} paths, and at most ${LIMITS.CONFIGURATION_SETTINGS_MAX} are taken`);
  }
  const settings = entries.map(([key, value]) => {
    const path = readPath(key, name, whole);
    return { path, value: checkedValue(path, value, `${name} ${quoted(key)}`) };
  });
  // Outer before inner, so that what is set inside something whole is set into it, whatever order the sender wrote.
  const ordered = settings.sort((a, b) => a.path.length - b.path.length);
  refuseOverlap(ordered, name);
  requireRoom(ordered, name);
  return ordered;
}

function readPath(key: string, name: string, whole: boolean): DesiredPath {
  if (key === PREFIX && whole) return [];
  if (!key.startsWith(`${PREFIX}.`)) {
    const example = `${PREFIX}.interval`;
    throw invalid(
      `${name} has the key ${quoted(key)}: keys are paths such as ${example}${whole ? ` or ${PREFIX}` : ''}`,
    );
  }
  const path = key.slice(PREFIX.length + 1).split('.');
  if (path.length > LIMITS.TWIN_DEPTH_MAX) {
    throw invalid(`${name} has the path ${quoted(key)}, deeper than ${LIMITS.TWIN_DEPTH_MAX} levels`);
  }
  return path;
}

/** Checked as part of the section that it will be in: with the path's own keys around it. Null is only itself, not in a value. */
function checkedValue(path: DesiredPath, value: unknown, name: string): unknown {
  if (path.length === 0) return checkedSection(withoutOwnMembers(value), name);
  checkedSection(wrapped(path, value === null ? true : value), name);
  return value;
}

/** A section that was read from a twin is sent back with these. */
function withoutOwnMembers(section: unknown): unknown {
  if (!isJsonObject(section)) return section;
  return Object.fromEntries(Object.entries(section).filter(([key]) => key !== '$version' && key !== '$metadata'));
}

function checkedSection(section: unknown, name: string): JsonObject {
  const own = isJsonObject(section) ? Object.keys(section).find((key) => key.startsWith('$')) : undefined;
  if (own !== undefined) throw invalid(`${name} has the key ${quoted(own)}: names with $ are the hub's own`);
  return asContentRefusal(() => validatedSection(section, name, 'forbidden'));
}

function wrapped(path: DesiredPath, value: unknown): JsonObject {
  return path.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), value) as JsonObject;
}

/** The whole of a section and a path in it are fine (Edge manifests do that); two paths of which one is in the other are not. */
function refuseOverlap(settings: readonly Setting[], name: string): void {
  const seen = new Map<string, DesiredPath>();
  for (const { path } of settings) {
    for (let length = 1; length <= path.length; length++) {
      const outer = seen.get(pathKey(path.slice(0, length)));
      if (outer === undefined || !contains(outer, path)) continue;
      const [a, b] = [outer, path].map((each) => `${PREFIX}.${pathKey(each)}`);
      throw invalid(`${name} sets ${a} and ${b}, which is in it: name one of them`);
    }
    if (path.length > 0) seen.set(pathKey(path), path);
  }
}

/** What is too large for any twin is told now, and not by every device. */
function requireRoom(settings: readonly Setting[], name: string): void {
  const values = settings.map(({ path, value }) => [pathKey(path), value]);
  asContentRefusal(() => requireSectionSize(Object.fromEntries(values), name, LIMITS.TWIN_SECTION_BYTES_MAX));
}

/** What twins refuse is here a fault of the content. */
function asContentRefusal<T>(check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown;
    throw new HubError('configuration.contentInvalid', thrown.message, { cause: thrown });
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 140));
}

function invalid(why: string): HubError {
  return new HubError('configuration.contentInvalid', why);
}
