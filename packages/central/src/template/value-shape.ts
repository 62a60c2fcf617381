import { LIMITS } from '@viaduct/contracts';

/** The deepest object of DTDL v2. */
const DEPTH_MAX = 5;

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d\d:\d\d:\d\d(?:\.\d+)?Z?$/;
const DURATION = /^P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/;
const NAME = /^[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?$/;

/** What was seen of the values under one key; of bounded size, whatever is sent. */
export class ValueShape {
  seen = 0;
  example: unknown = null;
  min = Infinity;
  max = -Infinity;
  /** Distinct texts; null once there were too many to be states. */
  texts: Set<string> | null = new Set();
  readonly members = new Map<string, ValueShape>();
  /** Members that have no place: not a name of DTDL, or one too many. */
  isCut = false;
  element: ValueShape | null = null;
  readonly #kinds = new Set<string>();

  add(value: unknown, depth = 0): void {
    if (value === null || value === undefined) return;
    this.seen += 1;
    this.example = value;
    const kind = kindOf(value);
    this.#kinds.add(kind);
    if (typeof value === 'number') this.#addNumber(value);
    if (typeof value === 'string') this.#addText(value);
    if (kind === 'array')
      for (const item of (value as unknown[]).slice(0, 32)) this.#elementShape(depth)?.add(item, depth + 1);
    if (kind === 'object') this.#addMembers(value as object, depth);
  }

  /** The one kind of all values; numbers of both kinds are doubles. Undefined when they differ. */
  get kind(): string | undefined {
    const kinds = this.#kinds;
    if (kinds.size === 1) return [...kinds][0];
    if (kinds.size === 2 && kinds.has('integer') && kinds.has('double')) return 'double';
    return [...kinds].every((kind) => TEXTS.has(kind)) && kinds.size > 0 ? 'string' : undefined;
  }

  #addNumber(value: number): void {
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }

  #addText(value: string): void {
    this.texts?.add(value);
    if ((this.texts?.size ?? 0) > LIMITS.INFERRED_STATES_MAX || value.length > 64) this.texts = null;
  }

  #elementShape(depth: number): ValueShape | null {
    if (depth < DEPTH_MAX) this.element ??= new ValueShape();
    return this.element;
  }

  #addMembers(value: object, depth: number): void {
    for (const [name, member] of Object.entries(value)) {
      let shape = this.members.get(name);
      if (
        shape === undefined &&
        (depth >= DEPTH_MAX || !isDtdlName(name) || this.members.size >= LIMITS.INFERRED_OBJECT_FIELDS_MAX)
      ) {
        this.isCut = true;
        continue;
      }
      shape ??= new ValueShape();
      this.members.set(name, shape);
      shape.add(member, depth + 1);
    }
  }
}

/** Of a capability or a field, in DTDL v2. */
export function isDtdlName(name: string): boolean {
  return name.length <= 64 && NAME.test(name);
}

const TEXTS: ReadonlySet<string> = new Set(['string', 'dateTime', 'date', 'time', 'duration']);

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'double';
    case 'string':
      return kindOfText(value);
    default:
      return typeof value;
  }
}

function kindOfText(text: string): string {
  if (text.length > 64) return 'string';
  if (DATE_TIME.test(text)) return 'dateTime';
  if (DATE.test(text)) return 'date';
  if (TIME.test(text)) return 'time';
  return DURATION.test(text) ? 'duration' : 'string';
}
