import type { LiveTelemetry, ModelSummary } from '@viaduct/contracts';
import { fieldKey } from '../../../generated/view-field.ts';
import { geoPointOf } from '../../../live/read-body.ts';

/** A value at the top of a message, and whether the model speaks of it. */
export interface MessageField {
  readonly key: string;
  readonly component: string | null;
  readonly name: string;
  readonly value: unknown;
  readonly isModelled: boolean;
}

/** Made once a message: the table asks again for each row it draws. */
const known = new WeakMap<LiveTelemetry, { readonly model: ModelSummary | null; readonly fields: MessageField[] }>();

/** What a JSON message says, top by top. Nothing of a text or of bytes. */
export function fieldsOf(message: LiveTelemetry, model: ModelSummary | null): readonly MessageField[] {
  const kept = known.get(message);
  if (kept?.model === model && kept !== undefined) return kept.fields;
  const names = new Set(model?.telemetry.map(({ component, name }) => fieldKey(component, name)));
  const fields = topsOf(message).map(([name, value]) => {
    const key = fieldKey(message.component, name);
    return { key, component: message.component, name, value, isModelled: names.has(key) };
  });
  known.set(message, { model, fields });
  return fields;
}

/** Every name that any of the messages says, in the order of the newest. */
export function columnsOf(messages: readonly LiveTelemetry[], model: ModelSummary | null): readonly MessageField[] {
  const columns = new Map<string, MessageField>();
  for (const message of messages.slice(0, MESSAGES_LOOKED_AT)) {
    for (const field of fieldsOf(message, model)) {
      if (columns.size >= COLUMNS_MAX) return [...columns.values()];
      if (!columns.has(field.key)) columns.set(field.key, field);
    }
  }
  return [...columns.values()];
}

/** A choice of more is none. */
const COLUMNS_MAX = 200;

/** For the choice of columns: what is only said more rarely is found by the filter. */
const MESSAGES_LOOKED_AT = 200;

function topsOf({ body, moduleId }: LiveTelemetry): [string, unknown][] {
  if (body.kind !== 'json' || body.value === null || moduleId !== null) return [];
  if (typeof body.value !== 'object' || geoPointOf(body.value) !== null) return [['value', body.value]];
  return Object.entries(body.value);
}
