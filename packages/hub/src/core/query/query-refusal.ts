import { type ErrorCode, HubError } from '@viaduct/contracts';
import type { TextSpan } from './expression.ts';

/** A text that is no query: in words with the place, and the place as numbers, so that an editor can underline it. */
export class QueryRefusal extends HubError {
  readonly at: TextSpan;

  constructor(text: string, at: TextSpan, why: string, code: ErrorCode = 'argument.invalid') {
    super(code, `the query cannot be understood at ${placeText(text, at)}: ${why}`);
    this.at = at;
  }
}

const QUOTED_CHARACTERS_MAX = 40;

/** `character 23, near "frm"`; with several lines `line 2, character 5, near …`; or where the text ends. */
function placeText(text: string, { offset, length }: TextSpan): string {
  if (offset >= text.length) return `its end (character ${text.length + 1})`;
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const place = text.includes('\n') ? `line ${line}, character ${column}` : `character ${column}`;
  return `${place}, near ${quoted(text.slice(offset, offset + Math.max(length, 1)))}`;
}

/** A piece of the text in quotation marks, cut where it is long. */
export function quoted(piece: string): string {
  const characters = [...piece];
  const shown =
    characters.length <= QUOTED_CHARACTERS_MAX ? piece : `${characters.slice(0, QUOTED_CHARACTERS_MAX).join('')}…`;
  return JSON.stringify(shown);
}
