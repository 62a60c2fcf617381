import type { RoutedMessage } from '../core/routing/endpoint.ts';

/**
 * A topic or subject with placeholders: `{deviceId}` and `{source}`.
 *
 * What is filled in is escaped for the protocol in question: a character that would mean something there becomes %XX of its UTF-8, and
 * so does the percent sign, so that two devices never share an address.
 */
export class AddressTemplate {
  readonly #parts: readonly string[];
  readonly #escape: RegExp;

  /** `special`: one character that may not stand in a level of an address, as a global expression. */
  constructor(template: string, special: RegExp) {
    this.#parts = template.split(PLACEHOLDER);
    this.#escape = special;
  }

  fill({ deviceId, source }: Pick<RoutedMessage, 'deviceId' | 'source'>): string {
    return this.#parts
      .map((part) => {
        if (part === '{deviceId}') return this.#escaped(deviceId);
        return part === '{source}' ? this.#escaped(source) : part;
      })
      .join('');
  }

  #escaped(text: string): string {
    return text.replace(this.#escape, percentEscape);
  }
}

const PLACEHOLDER = /(\{deviceId\}|\{source\})/;

/** The first placeholder that there is none of, or undefined. */
export function unknownPlaceholder(template: string): string | undefined {
  return /\{[^}]*\}?|\}/.exec(template.replaceAll(new RegExp(PLACEHOLDER, 'g'), ''))?.[0];
}

export function percentEscape(text: string): string {
  return [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
