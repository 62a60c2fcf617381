import { LIMITS } from '@viaduct/contracts';
import type { DropReason } from '../history.ts';
import { PointType } from '../history-schema.ts';

/** What a message is taken apart into. */
export interface PointSink {
  value(name: string, type: PointType, number: number | null, text: string | null): void;
  dropped(reason: DropReason): void;
}

/**
 * A JSON body as points: a row for each member, and for those of objects within, named with dots, LIMITS.SERIES_DEPTH_MAX deep. An
 * object and an array also have a row as a whole. Null says that there is no value. Pure.
 */
export function flattenBody(body: Readonly<Record<string, unknown>>, sink: PointSink): void {
  for (const name in body) if (Object.hasOwn(body, name)) flattenValue(name, body[name], 1, sink);
}

function flattenValue(name: string, value: unknown, depth: number, sink: PointSink): void {
  switch (typeof value) {
    case 'number':
      // JSON has no NaN, but 1e999 is read as Infinity.
      if (Number.isFinite(value)) sink.value(name, PointType.number, value, null);
      else sink.dropped('notANumber');
      break;
    case 'boolean':
      sink.value(name, PointType.boolean, value ? 1 : 0, null);
      break;
    case 'string':
      sink.value(name, PointType.string, null, cutText(value));
      break;
    case 'object':
      if (value !== null) flattenObject(name, value, depth, sink);
      break;
  }
}

function flattenObject(name: string, value: object, depth: number, sink: PointSink): void {
  const text = JSON.stringify(value);
  // Half of a JSON text is none; its members are kept all the same.
  if (Buffer.byteLength(text) <= LIMITS.SERIES_TEXT_BYTES_MAX) sink.value(name, PointType.json, null, text);
  else sink.dropped('valueTooLarge');
  if (Array.isArray(value) || depth >= LIMITS.SERIES_DEPTH_MAX) return;
  for (const [member, inner] of Object.entries(value)) flattenValue(`${name}.${member}`, inner, depth + 1, sink);
}

/** Cut between characters. */
function cutText(text: string): string {
  if (text.length * 3 <= LIMITS.SERIES_TEXT_BYTES_MAX) return text;
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= LIMITS.SERIES_TEXT_BYTES_MAX) return text;
  let end: number = LIMITS.SERIES_TEXT_BYTES_MAX;
  // Continuation bytes of UTF-8 are 10xxxxxx.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
