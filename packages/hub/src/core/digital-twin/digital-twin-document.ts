import type { JsonObject, TwinRecord } from '../ports.ts';
import { isJsonObject } from '../twin/validate-section.ts';

/** What says that an object of a twin is a component of the model and not a property. Source: IoT Plug and Play conventions. */
export const COMPONENT_MARK = '__t';

export function isComponent(value: unknown): value is JsonObject {
  return isJsonObject(value) && value[COMPONENT_MARK] === 'c';
}

/**
 * A device as its model sees it: properties with the value the device reported, components, and in `$metadata` of each what was
 * asked for and what the device said to it. Pure.
 *
 *     {"$dtId":"d1","serialNumber":"7","thermostat1":{"targetTemperature":21,"$metadata":{"targetTemperature":{"desiredValue":21,…}}},
 *      "$metadata":{"$model":"dtmi:…","serialNumber":{"lastUpdateTime":"…"}}}
 *
 * A property that is only asked for has no value yet, only metadata.
 */
export function digitalTwinDocument(twin: TwinRecord, modelId: string | null): JsonObject {
  const { values, metadata } = partOf(sideOf(twin.desired), sideOf(twin.reported), 'root');
  return { $dtId: twin.deviceId, ...values, $metadata: { $model: modelId ?? '', ...metadata } };
}

/** A section or one component of it: values, and metadata that mirrors them. */
interface Side {
  readonly values: JsonObject;
  readonly metadata: JsonObject;
}

function partOf(desired: Side, reported: Side, level: 'root' | 'component') {
  const values = new Map<string, unknown>();
  const metadata = new Map<string, JsonObject>();
  for (const name of new Set([...Object.keys(desired.values), ...Object.keys(reported.values)])) {
    if (level === 'component' && name === COMPONENT_MARK) continue;
    const isPart = isComponent(desired.values[name]) || isComponent(reported.values[name]);
    if (level === 'root' && isPart) values.set(name, componentOf(below(desired, name), below(reported, name)));
    else {
      const { value, facts } = propertyOf(desired, reported, name);
      if (value !== undefined) values.set(name, value);
      metadata.set(name, facts);
    }
  }
  return { values: Object.fromEntries(values), metadata: Object.fromEntries(metadata) };
}

function componentOf(desired: Side, reported: Side): JsonObject {
  const { values, metadata } = partOf(desired, reported, 'component');
  return { ...values, $metadata: metadata };
}

function propertyOf(desired: Side, reported: Side, name: string) {
  const said = reported.values[name];
  const acknowledged = acknowledgementIn(said);
  const facts = {
    ...(Object.hasOwn(desired.values, name)
      ? { desiredValue: desired.values[name], desiredVersion: stampAt(desired, name).$lastUpdatedVersion }
      : {}),
    ...acknowledged?.facts,
    ...(said === undefined ? {} : { lastUpdateTime: stampAt(reported, name).$lastUpdated }),
  };
  return { value: acknowledged === undefined ? said : acknowledged.value, facts };
}

/** A writable property is reported as `{value, ac, av, ad?}`. Source: IoT Plug and Play conventions, "Writable properties". */
function acknowledgementIn(reported: unknown) {
  if (!isJsonObject(reported)) return undefined;
  const { value, ac, av, ad } = reported;
  if (typeof ac !== 'number' || typeof av !== 'number') return undefined;
  const facts = { ackVersion: av, ackCode: ac, ...(typeof ad === 'string' ? { ackDescription: ad } : {}) };
  return { value, facts };
}

function stampAt({ metadata }: Side, name: string): JsonObject {
  const stamp = metadata[name];
  return isJsonObject(stamp) ? stamp : {};
}

function below({ values, metadata }: Side, name: string): Side {
  const [inner, stamps] = [values[name], metadata[name]];
  return { values: isJsonObject(inner) ? inner : {}, metadata: isJsonObject(stamps) ? stamps : {} };
}

function sideOf({ values, metadata }: TwinRecord['desired']): Side {
  return { values, metadata };
}
