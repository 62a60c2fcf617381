/**
 * What all events of one device with one bag of properties have in common, encoded: everything but three numbers, the offset as
 * text, and the body. Most devices send the same properties with each message, so most events are three copies.
 */
export interface EventTemplate {
  /** The message annotations as far as the offset's value, which comes last. */
  readonly head: Buffer;
  /** Keys and values of the annotations, the offset's value among them. */
  readonly items: number;
  /** Properties and application properties. */
  readonly tail: Buffer;
}

/** For a record whose head is longer than this there is no template. */
const HEAD_BYTES_MAX = 1_024;
/** Templates of each of two generations. */
const GENERATION_TEMPLATES_MAX = 2_048;

/**
 * Templates by the head of the record: everything before its body.
 *
 * Two generations: when the younger is full it becomes the older, and what of that is asked for again moves up. So what is
 * seldom used goes, without a list to be kept for each event. At most some 20 MB, whatever devices send.
 */
export class EventTemplates {
  readonly #make: (data: Buffer) => EventTemplate;
  #recent = new Map<string, EventTemplate>();
  #older: ReadonlyMap<string, EventTemplate> = new Map();

  constructor(make: (data: Buffer) => EventTemplate) {
    this.#make = make;
  }

  /** Undefined for a head that is long, or that no other record will have. */
  find(data: Buffer, bodyAt: number): EventTemplate | undefined {
    if (bodyAt > HEAD_BYTES_MAX || hasIdOfItsOwn(data, bodyAt)) return undefined;
    // The first byte is the format's version, the same for all.
    const key = data.toString('latin1', 1, bodyAt);
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const template = this.#older.get(key) ?? this.#make(data);
    this.#recent.set(key, template);
    if (this.#recent.size >= GENERATION_TEMPLATES_MAX) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    return template;
  }
}

/** Whether a message id or correlation id (`.mid=`, `.cid=`) stands in the bag. */
function hasIdOfItsOwn(data: Buffer, bodyAt: number): boolean {
  for (let at = bodyAt - 5; at > 0; at--) {
    const isId = data[at] === 0x2e && data[at + 2] === 0x69 && data[at + 3] === 0x64 && data[at + 4] === 0x3d;
    if (isId && (data[at + 1] === 0x6d || data[at + 1] === 0x63)) return true;
  }
  return false;
}
