import { HubError, LIMITS } from '@viaduct/contracts';
import type { JsonObject, TwinRecord } from '../ports.ts';
import { patchBetween } from '../twin/merge-section.ts';
import { isJsonObject } from '../twin/validate-section.ts';
import { COMPONENT_MARK, isComponent } from './digital-twin-document.ts';
import type { JsonPatchOperation } from './json-patch-between.ts';

/**
 * What a JSON Patch on a digital twin asks of the desired properties, as a merge patch. Pure: the patch and the twin it meets in.
 *
 *     /targetTemperature               a property of the device: set, or removed
 *     /thermostat1/targetTemperature   one of a component, which is made when it is not there
 *     /thermostat1                     a whole component: an object with `"$metadata": {}` beside its properties
 *
 * Operations are done in their order. A property is set whole, whatever its value is.
 *
 * @throws HubError digitalTwin.patchMalformed, digitalTwin.pathInvalid, digitalTwin.patchInvalid (it does not fit the twin)
 */
export function readDigitalTwinPatch(patch: unknown, twin: TwinRecord): JsonObject {
  const change = new DesiredChange(twin);
  for (const operation of operationsIn(patch)) {
    const [name, property] = pathOf(operation.path);
    if (property !== undefined) change.setInComponent(operation, name, property);
    else if (change.isComponent(name) || hasMetadata(operation.value)) change.setComponent(operation, name);
    else change.setProperty(operation, name);
  }
  return change.asMergePatch();
}

/** Desired properties as they become, and which of them were touched: those alone get a new version. */
class DesiredChange {
  readonly #before: JsonObject;
  readonly #reported: JsonObject;
  readonly #now: Map<string, unknown>;
  /** Names of the root, and for components of which not all was touched, names in them. */
  readonly #touched = new Map<string, Set<string> | 'all'>();

  constructor({ desired, reported }: TwinRecord) {
    this.#before = desired.values;
    this.#reported = reported.values;
    this.#now = new Map(Object.entries(desired.values));
  }

  isComponent(name: string): boolean {
    return isComponent(this.#now.get(name)) || isComponent(this.#reported[name]);
  }

  setProperty({ op, path, value }: JsonPatchOperation, name: string): void {
    requireTarget(op, path, this.#now.has(name), Object.hasOwn(this.#reported, name));
    if (op === 'remove') this.#now.delete(name);
    else this.#now.set(name, value);
    this.#touched.set(name, 'all');
  }

  setComponent({ op, path, value }: JsonPatchOperation, name: string): void {
    requireTarget(op, path, this.#now.has(name), isComponent(this.#reported[name]));
    if (op !== 'remove' && !hasMetadata(value)) {
      throw new HubError(
        'digitalTwin.patchInvalid',
        `${path} is a component: its value is an object with "$metadata": {} beside its properties`,
      );
    }
    if (op !== 'remove' && !this.isComponent(name) && (this.#now.has(name) || Object.hasOwn(this.#reported, name))) {
      throw new HubError('digitalTwin.patchInvalid', `${path} is a property; it cannot become a component`);
    }
    if (op === 'remove') this.#now.delete(name);
    else {
      const properties = Object.entries(value as JsonObject).filter(([key]) => key !== '$metadata');
      this.#now.set(name, { [COMPONENT_MARK]: 'c', ...Object.fromEntries(properties) });
    }
    this.#touched.set(name, 'all');
  }

  setInComponent({ op, path, value }: JsonPatchOperation, component: string, property: string): void {
    const current = this.#now.get(component);
    const reported = this.#reported[component];
    if (![current, reported].every((each) => each === undefined || isComponent(each))) {
      throw new HubError(
        'digitalTwin.pathInvalid',
        `${path}: "${component}" is a property and not a component; a property is set whole`,
      );
    }
    const inner = isComponent(current) ? current : {};
    const isReported = isComponent(reported) && Object.hasOwn(reported, property);
    requireTarget(op, path, Object.hasOwn(inner, property), isReported);
    const members = new Map<string, unknown>([[COMPONENT_MARK, 'c'], ...Object.entries(inner)]);
    if (op === 'remove') members.delete(property);
    else members.set(property, value);
    this.#now.set(component, Object.fromEntries(members));
    const touched = this.#touched.get(component) ?? new Set<string>();
    if (touched !== 'all') this.#touched.set(component, touched.add(property));
  }

  asMergePatch(): JsonObject {
    const patch = new Map<string, unknown>();
    for (const [name, touched] of this.#touched) {
      const [old, now] = [this.#before[name], this.#now.get(name)];
      const change =
        touched === 'all' ? changeOf(old, now) : changesOf(asObject(old), asObject(now), [...touched, COMPONENT_MARK]);
      if (change !== undefined) patch.set(name, change);
    }
    return Object.fromEntries(patch);
  }
}

/** Undefined when there is nothing before and nothing after. */
function changeOf(old: unknown, now: unknown): unknown {
  if (now === undefined) return old === undefined ? undefined : null;
  return isJsonObject(old) && isJsonObject(now) ? patchBetween(old, now) : now;
}

function changesOf(old: JsonObject, now: JsonObject, names: readonly string[]): JsonObject {
  const changes = names
    .filter((name) => name !== COMPONENT_MARK || old[name] !== now[name])
    .map((name) => [name, changeOf(old[name], now[name])] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== undefined));
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** RFC 6902 §4.2 and §4.3: what is removed or replaced must be there. What a device reports alone cannot be removed. */
function requireTarget(op: JsonPatchOperation['op'], path: string, isDesired: boolean, isReported: boolean): void {
  if (op === 'remove' && !isDesired) {
    throw new HubError('digitalTwin.patchInvalid', `remove ${path}: it has no desired value`);
  }
  if (op === 'replace' && !isDesired && !isReported) {
    throw new HubError('digitalTwin.patchInvalid', `replace ${path}: it is not there; use add`);
  }
}

function hasMetadata(value: unknown): boolean {
  return isJsonObject(value) && isJsonObject(value.$metadata);
}

function operationsIn(patch: unknown): readonly JsonPatchOperation[] {
  if (!Array.isArray(patch)) throw malformed('the body is a JSON Patch: a list of operations');
  if (patch.length > LIMITS.DIGITAL_TWIN_PATCH_OPERATIONS_MAX) {
    throw malformed(
      `it has ${patch.length} operations; at most ${LIMITS.DIGITAL_TWIN_PATCH_OPERATIONS_MAX} are accepted`,
    );
  }
  return patch.map((operation: unknown, index) => {
    if (!isJsonObject(operation)) throw malformed(`operation ${index} is not an object`);
    const { op, path } = operation;
    if (op !== 'add' && op !== 'replace' && op !== 'remove') {
      throw malformed(`operation ${index}: op is add, replace or remove`);
    }
    if (typeof path !== 'string') throw malformed(`operation ${index} has no path`);
    // Null would be taken for a removal further on, and is no value of a property either.
    if (op !== 'remove' && (operation.value ?? null) === null) throw malformed(`operation ${index} has no value`);
    return { op, path, ...(op === 'remove' ? {} : { value: operation.value }) };
  });
}

/** One name, or a component and a name in it. */
function pathOf(path: string): readonly [name: string, property?: string] {
  const [before, name, property, ...more] = path.split('/').map(unescaped);
  const names = [name, property].filter((each) => each !== undefined);
  const isPath = before === '' && name !== undefined && more.length === 0;
  if (!isPath || names.some((each) => each === '')) {
    throw new HubError(
      'digitalTwin.pathInvalid',
      `"${path.slice(0, 140)}" is neither /property, /component nor /component/property`,
    );
  }
  const own = names.find((each) => each.startsWith('$') || each === COMPONENT_MARK);
  if (own !== undefined)
    throw new HubError('digitalTwin.pathInvalid', `"${own.slice(0, 80)}" is written by the hub only`);
  return property === undefined ? [name] : [name, property];
}

/** RFC 6901 §4. */
function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

function malformed(why: string): HubError {
  return new HubError('digitalTwin.patchMalformed', why);
}
