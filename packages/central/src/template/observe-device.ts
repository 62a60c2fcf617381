import { type JsonObject, LIMITS, type LiveTelemetry } from '@viaduct/contracts';
import { getTwin, type Hub } from '@viaduct/hub';
import { readHistory } from '../telemetry/read-history.ts';
import type { Observation } from './infer-template.ts';
import { isObject } from './json-shape.ts';

export interface Observed {
  readonly observations: readonly Observation[];
  readonly messages: number;
}

/** What a device said lately and what its twin holds. @throws HubError device.notFound */
export async function observeDevice(hub: Hub, deviceId: string): Promise<Observed> {
  const twin = await getTwin(hub, { deviceId });
  const messages = await readHistory(hub, deviceId, {
    sinceSeconds: LIMITS.INFERRED_SECONDS,
    limit: LIMITS.INFERRED_MESSAGES_MAX,
  });
  const own = messages.filter(({ moduleId }) => moduleId === null);
  return {
    observations: [
      ...own.flatMap(telemetryOf),
      ...propertiesOf(twin.reported.values, false),
      ...propertiesOf(twin.desired.values, true),
    ],
    messages: own.length,
  };
}

function telemetryOf({ body, component }: LiveTelemetry): readonly Observation[] {
  if (body.kind !== 'json' || !isObject(body.value)) return [];
  return Object.entries(body.value).map(([name, value]) => ({ kind: 'telemetry', component, name, value }));
}

/** Members marked `__t: "c"` are components. Source: IoT Plug and Play conventions, "Sample component". */
function propertiesOf(section: JsonObject, isWritable: boolean): readonly Observation[] {
  return membersOf(section).flatMap(([name, value]) =>
    isObject(value) && value.__t === 'c'
      ? membersOf(value).map(([inner, of]) => propertyOf(name, inner, of, isWritable))
      : [propertyOf(null, name, value, isWritable)],
  );
}

function membersOf(section: JsonObject): readonly (readonly [string, unknown])[] {
  return Object.entries(section).filter(([name]) => !name.startsWith('$') && name !== '__t');
}

/** A value that comes with `ac` and `av` acknowledges a desired one. */
function propertyOf(component: string | null, name: string, value: unknown, isWritable: boolean): Observation {
  const isAcknowledged = isObject(value) && 'value' in value && 'ac' in value && 'av' in value;
  return {
    kind: 'property',
    component,
    name,
    value: isAcknowledged ? value.value : value,
    isWritable: isWritable || isAcknowledged,
  };
}
