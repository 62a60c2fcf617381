import { LIMITS, type LiveBody } from '@viaduct/contracts';

/** Of a body that is no text, people see the beginning. Bytes; `LiveBody` promises it. */
const BINARY_BYTES_SHOWN = 4_096;
const UTF_16 = /^utf-?16(?:le)?$/i;

/**
 * A body as people read it, whatever the device said of its content type: JSON when it parses, else text when it is valid
 * UTF-8 (or UTF-16, when the device says so), else the first bytes in base64. Any bytes give an answer.
 */
export function decodeBody(body: Buffer, contentEncoding: string | undefined): LiveBody {
  const text = decodeText(body, contentEncoding);
  if (text === undefined) {
    return { kind: 'binary', value: body.subarray(0, BINARY_BYTES_SHOWN).toString('base64') };
  }
  const value = parseShallowJson(text);
  return value === undefined ? { kind: 'text', value: text } : { kind: 'json', value };
}

function decodeText(body: Buffer, contentEncoding: string | undefined): string | undefined {
  const encoding = contentEncoding !== undefined && UTF_16.test(contentEncoding) ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    return undefined; // The decoder's only way to say "not text".
  }
}

/** The value, or undefined for what is not JSON or nested deeper than can be written again without exhausting the stack. */
function parseShallowJson(text: string): unknown {
  if (nestingOf(text) > LIMITS.JSON_BODY_DEPTH_MAX) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // The parser's only way to say "not JSON".
  }
}

/** How deep brackets nest outside of strings. A text too short to exceed the limit is not looked at. */
function nestingOf(text: string): number {
  if (text.length <= 2 * LIMITS.JSON_BODY_DEPTH_MAX) return 0;
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}
