import { HubError } from '@viaduct/contracts';
import type { JsonObject } from '@viaduct/hub';

/**
 * A JSON object of a request, read member by member; a refusal names the member by its whole path. Null means the same as absent: SDKs
 * write whole documents, with null for what they do not know.
 *
 * @throws HubError enrollment.invalid from every reader
 */
export class Members {
  readonly #json: JsonObject;
  readonly #path: string;

  constructor(json: JsonObject, path = '') {
    this.#json = json;
    this.#path = path;
  }

  has(name: string): boolean {
    return this.#at(name) !== undefined;
  }

  object(name: string): Members | undefined {
    const json = this.json(name);
    return json && new Members(json, `${this.#path}${name}.`);
  }

  json(name: string): JsonObject | undefined {
    const value = this.#at(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw this.refusal(name, 'is an object');
    return value as JsonObject;
  }

  text(name: string): string | undefined {
    const value = this.#at(name);
    if (value !== undefined && typeof value !== 'string') throw this.refusal(name, 'is a text');
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#at(name);
    if (value !== undefined && typeof value !== 'boolean') throw this.refusal(name, 'is true or false');
    return value;
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.#at(name);
    if (value !== undefined && !Array.isArray(value)) throw this.refusal(name, 'is a list');
    return value;
  }

  texts(name: string): readonly string[] | undefined {
    const list = this.list(name);
    if (list === undefined) return undefined;
    if (!list.every((each): each is string => typeof each === 'string')) throw this.refusal(name, 'is a list of texts');
    return list;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const chosen = choices.find((choice) => choice === text);
    if (chosen === undefined) throw this.refusal(name, `is one of ${choices.join(', ')}`);
    return chosen;
  }

  /** What another reader makes of a member: its refusals are worded as of this member. */
  read<T>(name: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      throw this.refusal(name, `is refused: ${error.message}`, { cause: error });
    }
  }

  refusal(name: string, why: string, options?: ErrorOptions): HubError {
    return new HubError('enrollment.invalid', `${this.#path}${name} ${why}`, options);
  }

  #at(name: string): NonNullable<unknown> | undefined {
    return Object.hasOwn(this.#json, name) ? (this.#json[name] ?? undefined) : undefined;
  }
}
