import { HubError } from '@viaduct/contracts';
import type { JsonObject } from '../core/ports.ts';

/** What a text may be: how many characters it may have at most, and what it looks like, in words for the one who wrote it. */
export interface TextRule {
  readonly max: number;
  readonly pattern?: RegExp;
  readonly looks?: string;
}

export interface UrlField {
  /** Scheme, host and port. */
  readonly url: string;
  readonly userName?: string;
  readonly password?: string;
}

/**
 * Reads an operator's JSON field by field. Whatever is wrong is refused with the field's path and what it may be; `end` refuses
 * what nobody asked for, so a misspelt field is not a silent default. Numbers and flags may be texts: a command line has no others.
 */
export class ConfigurationFields {
  readonly #json: JsonObject;
  readonly #at: string;
  readonly #known = new Set<string>();

  constructor(json: JsonObject, at = '') {
    this.#json = json;
    this.#at = at;
  }

  text(name: string, rule: TextRule): string {
    const text = this.optionalText(name, rule);
    if (text === undefined) throw this.refuse(name, 'is missing');
    return text;
  }

  optionalText(name: string, rule: TextRule): string | undefined {
    const value = this.#take(name);
    return value === undefined ? undefined : this.#checkText(name, value, rule);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#take(name) ?? otherwise;
    const flag = [true, false].find((option) => option === value || String(option) === value);
    if (flag === undefined) throw this.refuse(name, 'must be true or false');
    return flag;
  }

  choice<T extends string | number>(name: string, options: readonly T[], otherwise?: T): T {
    const value = this.#take(name) ?? otherwise;
    const chosen = options.find((option) => option === value || String(option) === value);
    if (chosen === undefined) throw this.refuse(name, `must be one of ${options.map(quoted).join(', ')}`);
    return chosen;
  }

  texts(name: string, most: number, rule: TextRule): string[] {
    const value = this.#take(name);
    if (!Array.isArray(value) || value.length === 0 || value.length > most)
      throw this.refuse(name, `must be a list of 1 to ${most} texts`);
    return value.map((text, index) => this.#checkText(`${name}[${index}]`, text, rule));
  }

  /** Empty when it is not there. */
  textsByName(name: string, most: number, rule: TextRule): Readonly<Record<string, string>> {
    const value = this.#take(name) ?? {};
    if (typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length > most)
      throw this.refuse(name, `must be an object of at most ${most} texts`);
    const texts = Object.entries(value).map(([key, text]) => [key, this.#checkText(`${name}.${key}`, text, rule)]);
    return Object.fromEntries(texts) as Record<string, string>;
  }

  wholeNumber(name: string, { min, max }: { readonly min: number; readonly max: number }, otherwise: number): number {
    const given = this.#take(name) ?? otherwise;
    const value = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given;
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
    throw this.refuse(name, `must be a whole number from ${min} to ${max}`);
  }

  /** A name and a password in it are taken out: what is left can be shown. `rule` allows nothing after the host. */
  url(name: string, rule: TextRule): UrlField {
    const text = this.text(name, rule);
    if (!URL.canParse(text)) throw this.refuse(name, `must be ${rule.looks}`);
    const { protocol, host, username, password } = new URL(text);
    const userName = this.#decoded(name, username);
    const secret = this.#decoded(name, password);
    return {
      url: `${protocol}//${host}`,
      ...(userName === undefined ? {} : { userName }),
      ...(secret === undefined ? {} : { password: secret }),
    };
  }

  fields(name: string): ConfigurationFields | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw this.refuse(name, 'must be an object');
    return new ConfigurationFields(value as JsonObject, `${this.#at}${name}.`);
  }

  /** Call it last. */
  end(): void {
    for (const name of Object.keys(this.#json))
      if (!this.#known.has(name))
        throw this.refuse(name, `is no setting here; there are ${[...this.#known].map(quoted).join(', ')}`);
  }

  refuse(name: string, why: string): HubError {
    return new HubError('argument.invalid', `"${this.#at}${name}" ${why}`);
  }

  /** null is as good as absent: forms send it for what was left empty. */
  #take(name: string): unknown {
    this.#known.add(name);
    return (Object.hasOwn(this.#json, name) ? this.#json[name] : undefined) ?? undefined;
  }

  #decoded(name: string, text: string): string | undefined {
    if (text === '') return undefined;
    try {
      return decodeURIComponent(text);
    } catch {
      // The text may be a password, so the error that quotes it goes no further.
      throw this.refuse(name, 'has a broken percent escape in its user name or password');
    }
  }

  #checkText(name: string, value: unknown, { max, pattern, looks = 'of another form' }: TextRule): string {
    if (typeof value !== 'string' || value === '' || value.length > max)
      throw this.refuse(name, `must be a text of 1 to ${max} characters`);
    if (pattern !== undefined && !pattern.test(value)) throw this.refuse(name, `must be ${looks}`);
    return value;
  }
}

function quoted(value: string | number): string {
  return JSON.stringify(value);
}
