import { HubError } from '@viaduct/contracts';

/** An element of a DTDL document, and where it is: refusals name the place. */
export class DtdlNode {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly path: string;

  /** @throws HubError model.invalid */
  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(path, 'is not an object');
    this.fields = value as Readonly<Record<string, unknown>>;
    this.path = path;
  }

  get(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  /** `@type`: one text or a list; the first is not always the kind, for semantic types stand beside it. */
  get types(): readonly string[] {
    const types = this.get('@type');
    return (Array.isArray(types) ? types : [types]).filter((type) => typeof type === 'string');
  }

  is(kind: string): boolean {
    return this.types.includes(kind);
  }

  /** The elements under a name; a single one may stand for a list of one. @throws HubError model.invalid */
  list(name: string): readonly DtdlNode[] {
    const value = this.get(name);
    if (value === undefined) return [];
    const items = Array.isArray(value) ? value : [value];
    return items.map((item, index) => new DtdlNode(item, `${this.path}.${name}[${index}]`));
  }

  /** @throws HubError model.invalid */
  get name(): string {
    const name = this.get('name');
    if (typeof name !== 'string' || name === '') throw invalid(this.path, 'has no name');
    return name;
  }

  /** A text that may be localized: English is preferred, then the neutral or first language. */
  localized(name: string): string | null {
    const value = this.get(name);
    if (typeof value === 'string') return value;
    if (typeof value !== 'object' || value === null) return null;
    const texts = value as Readonly<Record<string, unknown>>;
    const best = [texts.en, texts['en-US'], texts['@none'], ...Object.values(texts)];
    return best.find((text): text is string => typeof text === 'string') ?? null;
  }
}

export function invalid(path: string, what: string): HubError {
  return new HubError('model.invalid', `${path} ${what}`);
}
