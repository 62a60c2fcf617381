import { type DeviceIdentity, HubError, type JsonObject, type ModelSummary } from '@viaduct/contracts';
import { getTwin, patchTwin, type TwinRecord } from '@viaduct/hub';
import type { Central } from '../central.ts';
import { isObject } from '../directory/store/flatten-values.ts';
import { componentNames, propertiesBag } from './properties-bag.ts';
import { readPropertiesChange } from './read-properties-change.ts';

type Parts = Pick<Central, 'hub' | 'devices' | 'templates'>;

/** Whose properties: of a device or module, and of one component of it. */
export interface PropertiesAddress extends DeviceIdentity {
  readonly component?: string;
}

export interface PropertiesOptions {
  readonly withUnmodeled: boolean;
}

/** @throws HubError device.notFound, module.notFound, central.notFound: no such component */
export async function readProperties(
  parts: Parts,
  address: PropertiesAddress,
  options: PropertiesOptions,
): Promise<JsonObject> {
  const { bag, twin, model } = await wholeBag(parts, address, options);
  return address.component === undefined ? bag : componentBag(address.component, bag, { twin, model });
}

/**
 * Writes properties: writable ones as desired, cloud properties here. `replace`: those of both kinds that are not mentioned are removed.
 *
 * @returns the bag as it is then
 * @throws HubError as `readProperties`; central.bodyInvalid, naming the member
 */
export async function writeProperties(
  parts: Parts,
  address: PropertiesAddress,
  body: JsonObject,
  { withUnmodeled, replace }: PropertiesOptions & { readonly replace: boolean },
): Promise<JsonObject> {
  const { component, ...identity } = address;
  const { twin, model, cloud } = await wholeBag(parts, address, { withUnmodeled });
  if (component !== undefined) requireComponent(component, { twin, model });
  const written = component === undefined ? body : { [component]: { __t: 'c', ...body } };
  const change = readPropertiesChange(written, { model, withUnmodeled });
  const known = { twin, model, cloud, withUnmodeled };
  const gone = replace ? removals(known, written, component) : NOTHING;
  // First what may be refused: nothing of a body is done that is not done as a whole, but for a crash in between.
  if (address.moduleId === undefined && !isEmpty({ ...gone.cloud, ...change.cloud })) {
    await parts.devices.patchCloudProperties(address.deviceId, { ...gone.cloud, ...change.cloud });
  }
  const desired = merged(gone.desired, change.desired);
  if (!isEmpty(desired)) await patchTwin(parts.hub, identity, { desired });
  return readProperties(parts, address, { withUnmodeled });
}

/** Names of components: those of the template, and those that the device marks as such. @throws HubError device.notFound, module.notFound */
export async function listComponents(parts: Parts, identity: DeviceIdentity): Promise<readonly string[]> {
  const { twin, model } = await wholeBag(parts, identity, { withUnmodeled: true });
  return [...componentNames(twin, model)];
}

async function wholeBag(
  { hub, devices, templates }: Parts,
  { deviceId, moduleId }: PropertiesAddress,
  { withUnmodeled }: PropertiesOptions,
) {
  const device = await devices.get(deviceId);
  const identity = moduleId === undefined ? { deviceId } : { deviceId, moduleId };
  const isDevice = moduleId === undefined;
  const [twin, cloud] = await Promise.all([getTwin(hub, identity), isDevice ? devices.cloudValues(deviceId) : {}]);
  // What modules have is in no template here.
  const model = isDevice && device.templateId !== null ? templates.find(device.templateId)?.summary : undefined;
  const bag = propertiesBag({ twin, cloud, model, withUnmodeled: withUnmodeled || model === undefined });
  return { twin, cloud, model, bag };
}

interface Known {
  readonly twin: TwinRecord;
  readonly model: ModelSummary | undefined;
}

function componentBag(component: string, bag: JsonObject, known: Known): JsonObject {
  requireComponent(component, known);
  const below = bag[component];
  return isObject(below) ? below : { $metadata: {} };
}

function requireComponent(component: string, { twin, model }: Known): void {
  if (componentNames(twin, model).has(component)) return;
  throw new HubError('central.notFound', `the device has no component "${component}"`);
}

interface Removals {
  readonly desired: JsonObject;
  readonly cloud: JsonObject;
}
const NOTHING: Removals = { desired: {}, cloud: {} };

/** What is there and not mentioned: of a component what is in it; what the model does not name only for who writes that too. */
function removals(
  { twin, model, cloud, withUnmodeled }: Known & PropertiesOptions & { readonly cloud: JsonObject },
  written: JsonObject,
  component: string | undefined,
): Removals {
  const { values } = twin.desired;
  if (component !== undefined) {
    const [there, asked] = [values[component], written[component]];
    const below = isObject(there) && isObject(asked) ? missing(there, asked) : {};
    return { desired: isEmpty(below) ? {} : { [component]: below }, cloud: {} };
  }
  const isOurs = (name: string) => withUnmodeled || model === undefined || isNamed(model, name);
  return { desired: picked(missing(values, written), isOurs), cloud: picked(missing(cloud, written), isOurs) };
}

function isNamed({ properties, cloudProperties = [], components = [] }: ModelSummary, name: string): boolean {
  return [...properties, ...cloudProperties, ...components].some((each) => each.name === name);
}

function picked(object: JsonObject, isWanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => isWanted(name)));
}

function missing(there: JsonObject, asked: JsonObject): JsonObject {
  const gone: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(there)) {
    if (name === '__t') continue;
    const wanted = asked[name];
    if (!Object.hasOwn(asked, name)) gone[name] = null;
    else if (isObject(value) && isObject(wanted)) {
      const below = missing(value, wanted);
      if (!isEmpty(below)) gone[name] = below;
    }
  }
  return gone;
}

/** Two patches of different members. */
function merged(one: JsonObject, other: JsonObject): JsonObject {
  const both: Record<string, unknown> = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const there = both[name];
    both[name] = isObject(there) && isObject(value) ? merged(there, value) : value;
  }
  return both;
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}
