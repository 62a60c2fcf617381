import type { FieldHints, FieldRole, ModelField } from '@viaduct/contracts';
import type { DtdlNode } from './dtdl-node.ts';
import { unitSymbol } from './units.ts';

/**
 * Co-types of Azure IoT Central's context that say what telemetry is, beyond its schema.
 * Source: "Azure IoT Central extension" of DTDL v2, adjunct types.
 */
const ROLES: Readonly<Record<string, FieldRole>> = {
  State: 'state',
  Event: 'event',
  Location: 'location',
  AccelerationVector: 'acceleration',
  VelocityVector: 'velocity',
};

const PLAIN_TYPES: ReadonlySet<string> = new Set([
  'Telemetry',
  'Property',
  'Command',
  'CommandPayload',
  'CommandRequest',
  'CommandResponse',
  'SchemaField',
  'Field',
  'MapValue',
  'Initialized',
  'Cloud',
  ...Object.keys(ROLES),
]);

/** Whether a type says what is measured. `NumberValue`, `StringValue` and their like say how IoT Central draws a value. */
export function isSemanticType(type: string): boolean {
  return !PLAIN_TYPES.has(type) && !/^[A-Z][A-Za-z]*Value$/.test(type);
}

/** What a field says of how it is to be shown; nothing, for most. What makes no sense is as if it were not there. */
export function readDisplay(node: DtdlNode): Pick<ModelField, 'role' | 'severity' | 'hints'> {
  const role = node.types.map((type) => (Object.hasOwn(ROLES, type) ? ROLES[type] : undefined)).find(Boolean);
  const severity = role === 'event' ? severityOf(node.get('severity')) : undefined;
  const hints = hintsOf(node);
  return {
    ...(role === undefined ? {} : { role }),
    ...(severity === undefined ? {} : { severity }),
    ...(Object.keys(hints).length === 0 ? {} : { hints }),
  };
}

function severityOf(value: unknown): ModelField['severity'] {
  const name = typeof value === 'string' ? value.toLowerCase() : '';
  return (['information', 'warning', 'error'] as const).find((severity) => severity === name);
}

function hintsOf(node: DtdlNode): FieldHints {
  const min = numberOf(node.get('minValue'));
  const max = numberOf(node.get('maxValue'));
  const decimalPlaces = numberOf(node.get('decimalPlaces'));
  const color = node.get('color');
  const displayUnit = unitSymbol(node.localized('displayUnit'));
  const initialValue = node.get('initialValue');
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(decimalPlaces === undefined || decimalPlaces < 0
      ? {}
      : { decimalPlaces: Math.min(Math.round(decimalPlaces), 20) }),
    ...(typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? { color } : {}),
    ...(displayUnit === null ? {} : { displayUnit }),
    ...(initialValue === undefined ? {} : { initialValue }),
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
