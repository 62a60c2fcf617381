/**
 * Where a stream is: what the browser sends back as `Last-Event-ID`. Pure.
 *
 *     2:1042,6:88@1764000000000      partition:next offset, …  @ time of the newest refusal told, ms since 1970
 */
export interface StreamPosition {
  /** Partition → the next offset wanted. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly refusalsUntil: number;
}

const TOKEN = /^(?:[0-9]{1,4}:[0-9]{1,15})(?:,[0-9]{1,4}:[0-9]{1,15}){0,255}@[0-9]{1,15}$/;

export function formatResumeToken(position: StreamPosition): string {
  const offsets = Array.from(position.offsets, ([partition, offset]) => `${partition}:${offset}`);
  return `${offsets.join(',')}@${position.refusalsUntil}`;
}

/**
 * The position, if the token names exactly these partitions; else undefined: it is not ours, or of a stream with another
 * scope, and the stream begins as a new one.
 */
export function parseResumeToken(token: string, partitions: readonly number[]): StreamPosition | undefined {
  if (!TOKEN.test(token)) return undefined;
  const [list = '', refusals = ''] = token.split('@');
  const offsets = new Map(list.split(',').map((pair) => pair.split(':').map(Number) as [number, number]));
  const fits = offsets.size === partitions.length && partitions.every((partition) => offsets.has(partition));
  return fits ? { offsets, refusalsUntil: Number(refusals) } : undefined;
}
