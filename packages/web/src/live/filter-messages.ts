import type { LiveTelemetry } from '@viaduct/contracts';

/** Texts to search in, made once a message and forgotten with it. */
const searchable = new WeakMap<LiveTelemetry, string>();

/** Messages that contain the text in body, properties or component; newest first. Upper and lower case are the same. */
export function filterMessages(oldestFirst: readonly LiveTelemetry[], text: string): LiveTelemetry[] {
  const wanted = text.trim().toLowerCase();
  const found = wanted === '' ? [...oldestFirst] : oldestFirst.filter((message) => textOf(message).includes(wanted));
  return found.reverse();
}

/** Names a message in the address bar. */
export function positionOf(message: LiveTelemetry): string {
  return `${message.partition}-${message.offset}`;
}

/** The body on one line. */
export function bodyLine(message: LiveTelemetry): string {
  const { body } = message;
  if (body.kind === 'json') return JSON.stringify(body.value);
  return body.kind === 'text' ? body.value : `base64: ${body.value}`;
}

/** The body as a person reads it. */
export function bodyBlock(message: LiveTelemetry): string {
  return message.body.kind === 'json' ? JSON.stringify(message.body.value, null, 2) : bodyLine(message);
}

function textOf(message: LiveTelemetry): string {
  const known = searchable.get(message);
  if (known !== undefined) return known;
  const { properties, systemProperties, component } = message;
  const text = `${bodyLine(message)} ${JSON.stringify(properties)} ${JSON.stringify(systemProperties)} ${component ?? ''}`;
  const lower = text.toLowerCase();
  searchable.set(message, lower);
  return lower;
}
