import { createHash } from 'node:crypto';
import { HubError } from '@viaduct/contracts';

/** Where a page ended: the sort keys of its last row, and how many rows TOP still lets through. */
export interface PlaceInQuery {
  readonly keys: readonly (string | number | null)[];
  readonly left: number | null;
}

/** Opaque to who gets it; it holds for this text of a query and for no other. */
export function writeContinuation(text: string, { keys, left }: PlaceInQuery): string {
  return Buffer.from(JSON.stringify([digestOf(text), left, ...keys]), 'utf8').toString('base64url');
}

/** @throws HubError argument.invalid: it is none of ours, or of another query */
export function readContinuation(text: string, continuation: string, keyCount: number): PlaceInQuery {
  const [digest, left, ...keys] = partsOf(continuation);
  if (typeof digest !== 'string' || !isCount(left) || !keys.every(isKey)) throw malformed();
  if (digest !== digestOf(text) || keys.length !== keyCount) {
    throw new HubError(
      'argument.invalid',
      'the continuation belongs to another query: send it with the text that it was given for, or begin without one',
    );
  }
  return { keys, left };
}

function partsOf(continuation: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(continuation, 'base64url').toString('utf8'));
    if (Array.isArray(parts)) return parts;
  } catch (cause) {
    throw malformed(cause);
  }
  throw malformed();
}

function malformed(cause?: unknown): HubError {
  const text = 'the continuation is not one that this hub gave out: send it back as it came, or begin without one';
  return new HubError('argument.invalid', text, { cause });
}

function isCount(left: unknown): left is number | null {
  return left === null || (Number.isSafeInteger(left) && (left as number) > 0);
}

function isKey(key: unknown): key is string | number | null {
  return key === null || typeof key === 'string' || typeof key === 'number';
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
