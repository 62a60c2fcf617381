import type { JsonObject, ModelSummary } from '@viaduct/contracts';
import type { TwinRecord } from '@viaduct/hub';
import { isAcknowledgement, isObject } from '../directory/store/flatten-values.ts';

/** What a device is said to have, by name: as the directory keeps it. */
type CloudValues = { readonly [name: string]: { readonly value: unknown; readonly time: number } };

export interface BagSources {
  readonly twin: Pick<TwinRecord, 'desired' | 'reported'>;
  readonly cloud: CloudValues;
  /** Undefined where no template says anything. */
  readonly model: ModelSummary | undefined;
  /** Also what the model does not name. */
  readonly withUnmodeled: boolean;
}

/** Of one property: when it was written last, and where it is writable what was asked for and what the device says of that. */
interface PropertyMetadata {
  lastUpdateTime?: string;
  desiredValue?: unknown;
  desiredVersion?: number;
  ackVersion?: number;
  ackCode?: number;
  ackDescription?: string;
}

/**
 * A device's properties as IoT Central shows them: what it reports and what it is said to have, by name; components as objects of the same
 * form; `$metadata` beside them.
 *
 * Source: IoT Central REST, `GET /devices/{id}/properties`, and IoT Plug and Play conventions.
 */
export function propertiesBag({ twin, cloud, model, withUnmodeled }: BagSources): JsonObject {
  const { desired, reported } = twin;
  const components = componentNames(twin, model);
  const isShown = (component: string | null) => (name: string) => withUnmodeled || isModeled(model, component, name);
  const root = sectionBag({ reported, desired }, (name) => !components.has(name) && isShown(null)(name));
  for (const [name, { value, time }] of Object.entries(cloud)) {
    if (!isShown(null)(name)) continue;
    root.values[name] = value;
    root.metadata[name] = { lastUpdateTime: new Date(time).toISOString() };
  }
  for (const component of components) {
    if (!withUnmodeled && model?.components?.some(({ name }) => name === component) === false) continue;
    const bag = sectionBag(
      { reported: sectionBelow(reported, component), desired: sectionBelow(desired, component) },
      isShown(component),
    );
    if (Object.keys(bag.metadata).length > 0) root.values[component] = finished(bag);
  }
  return finished(root);
}

/** Of the model, and those that the device marks as such. */
export function componentNames({ desired, reported }: BagSources['twin'], model?: ModelSummary): ReadonlySet<string> {
  const marked = [reported.values, desired.values].flatMap((section) =>
    Object.entries(section).flatMap(([name, value]) => (isObject(value) && value.__t === 'c' ? [name] : [])),
  );
  return new Set([...(model?.components ?? []).map(({ name }) => name), ...marked]);
}

function isModeled(model: ModelSummary | undefined, component: string | null, name: string): boolean {
  if (model === undefined) return true;
  const isIt = (field: { readonly name: string; readonly component: string | null }) =>
    field.name === name && field.component === component;
  return model.properties.some(isIt) || (component === null && (model.cloudProperties ?? []).some(isIt));
}

interface Section {
  readonly values: JsonObject;
  readonly metadata: JsonObject;
}

interface Bag {
  readonly values: Record<string, unknown>;
  readonly metadata: Record<string, PropertyMetadata>;
}

function sectionBag(
  { reported, desired }: { readonly reported: Section; readonly desired: Section },
  isShown: (name: string) => boolean,
): Bag {
  const bag: Bag = { values: {}, metadata: {} };
  const names = new Set([...Object.keys(reported.values), ...Object.keys(desired.values)]);
  for (const name of names) {
    if (name === '__t' || name.startsWith('$') || !isShown(name)) continue;
    const said = reported.values[name];
    const isSaid = Object.hasOwn(reported.values, name);
    if (isSaid) bag.values[name] = isAcknowledgement(said) ? said.value : said;
    bag.metadata[name] = {
      ...updateTime(isSaid ? reported.metadata[name] : desired.metadata[name]),
      ...wanted(desired, name),
      ...acknowledged(said),
    };
  }
  return bag;
}

function updateTime(metadata: unknown): PropertyMetadata {
  const time = isObject(metadata) ? metadata.$lastUpdated : undefined;
  return typeof time === 'string' ? { lastUpdateTime: new Date(time).toISOString() } : {};
}

function wanted({ values, metadata }: Section, name: string): PropertyMetadata {
  if (!Object.hasOwn(values, name)) return {};
  const about = metadata[name];
  const version = isObject(about) ? about.$lastUpdatedVersion : undefined;
  return { desiredValue: values[name], ...(typeof version === 'number' ? { desiredVersion: version } : {}) };
}

function acknowledged(said: unknown): PropertyMetadata {
  if (!isAcknowledgement(said)) return {};
  const { ac, av, ad } = said as { readonly ac: number; readonly av?: unknown; readonly ad?: unknown };
  return {
    ackCode: ac,
    ...(typeof av === 'number' ? { ackVersion: av } : {}),
    ...(typeof ad === 'string' ? { ackDescription: ad } : {}),
  };
}

function sectionBelow({ values, metadata }: Section, component: string): Section {
  const [below, about] = [values[component], metadata[component]];
  return { values: isObject(below) ? below : {}, metadata: isObject(about) ? about : {} };
}

function finished({ values, metadata }: Bag): JsonObject {
  return { ...values, $metadata: metadata };
}
