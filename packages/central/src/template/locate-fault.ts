import type { HubError, JsonObject, ModelFault } from '@viaduct/contracts';
import type { DtdlFault } from './dtdl-parser.ts';
import { isObject, listOf } from './json-shape.ts';
import type { ElementPath, SeparateInterface } from './separate-interfaces.ts';

/**
 * Says where in the document of a template the parser found a fault. The parser names an element by its own identifier, or by one that it
 * makes of the way to it: `dtmi:t:Pump:_contents:__flow:_schema;1`. Pure.
 */
export function locateFaults(
  interfaces: readonly SeparateInterface[],
  faults: readonly DtdlFault[],
): readonly ModelFault[] {
  const places = new Map<string, Place>();
  for (const { copy, path } of interfaces) learn(places, copy, copy['@id'] as string, path);
  return faults.map((fault) => locate(places, fault));
}

interface Place {
  readonly element: JsonObject;
  readonly path: ElementPath;
}

function learn(places: Map<string, Place>, element: JsonObject, id: string, path: ElementPath): void {
  if (!places.has(id)) places.set(id, { element, path });
  for (const [member, value] of Object.entries(element)) {
    const isList = Array.isArray(value);
    for (const [index, inner] of listOf(value).entries()) {
      if (!isObject(inner)) continue;
      const own = inner['@id'];
      const name = isList && typeof inner.name === 'string' ? `:__${inner.name}` : '';
      const innerId = typeof own === 'string' ? own : below(id, `:_${member}${name}`);
      learn(places, inner, innerId, isList ? [...path, member, index] : [...path, member]);
    }
  }
}

/** The version of an identifier stays at its end. */
function below(id: string, way: string): string {
  const at = id.lastIndexOf(';');
  return at < 0 ? id + way : id.slice(0, at) + way + id.slice(at);
}

function locate(places: ReadonlyMap<string, Place>, fault: DtdlFault): ModelFault {
  const message = withPlaces(fault.message);
  const property = plainName(fault.property);
  const place = fault.elementId === null ? undefined : nearest(places, fault.elementId);
  if (place === undefined) return { path: ['capabilityModel'], property: null, message };
  if (property === null) return { path: place.path, property, message };
  const [key, value] = distinction(fault);
  const at =
    key === null ? -1 : listOf(place.element[property]).findLastIndex((one) => isObject(one) && one[key] === value);
  return at < 0
    ? { path: place.path, property, message }
    : { path: [...place.path, property, at], property: key, message };
}

/** By what one of several elements is told: of two with one name, the later one; or the one that has none. */
function distinction({
  rule,
  auxiliary,
  value,
}: DtdlFault): readonly [key: string | null, value: string | null | undefined] {
  return rule === 'missingDtmiSegPropertyValue' ? [value, undefined] : [auxiliary, value];
}

/** The element itself, else the nearest one that it is part of. */
function nearest(places: ReadonlyMap<string, Place>, elementId: string): Place | undefined {
  for (let id = elementId; ; ) {
    const found = places.get(id);
    if (found !== undefined) return found;
    const last = id.lastIndexOf(':_');
    if (last < 0) return undefined;
    const version = id.lastIndexOf(';');
    id = id.slice(0, last) + (version < last ? '' : id.slice(version));
  }
}

/** `'schema'` and `dtmi:dtdl:property:unit;2` are members too. */
function plainName(property: string | null): string | null {
  if (property === null) return null;
  return property.replace(/^'|'$/g, '').replace(/^dtmi:[^;]*?([A-Za-z]+)(?:;.*)?$/, '$1');
}

/** As people find it: `dtmi:t:Pump (contents flow, schema)`. */
function withPlaces(message: string): string {
  return message.replace(/dtmi:[^\s']+?(?::_[a-z]+[^;']*)?;\d+/gi, (id) => {
    const [owner = '', ...places] = id.replace(/;\d+$/, '').split(/:_(?=[a-z])/i);
    const path = places.map((place) => place.replace(/:__/, ' ')).join(', ');
    return path === '' ? id : `${owner} (${path})`;
  });
}

/** A refusal of what central itself reads begins with the place: `capabilityModel.contents[0].schema names …`, `$` for the model. */
export function faultOfRefusal({ message }: HubError): ModelFault {
  const [place = '', root] = /^(capabilityModel|\$)(?:\.[A-Za-z@]+|\[\d+\])*/.exec(message) ?? [];
  const steps = place.slice(root?.length ?? 0).match(/[A-Za-z@]+|\d+/g) ?? [];
  const path = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return { path: ['capabilityModel', ...path], property: null, message };
}
