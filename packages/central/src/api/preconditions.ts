import { asHubError, HubError } from '@viaduct/contracts';
import type { FastifyRequest } from 'fastify';

/** What `If-Match` or `If-None-Match` asks for: etags, bare, or whatever is there. */
type Condition = '*' | readonly string[];

/** What is there before a change: undefined for nothing, null for something that has no etag. */
type Current = string | null | undefined;

/**
 * A list of etags, or `*`. A weak one counts as itself: proxies that compress make etags weak, and ours change with each write. SDKs quote
 * nothing at all when they mean any. Pure. Source: RFC 9110 §13.1, §8.8.3.
 */
function conditionIn(header: string | undefined): Condition | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  if (text === '*' || text === '"*"' || text === '""') return '*';
  const listed = [...text.matchAll(/(?:W\/)?"([^"]*)"/g)].map(([, etag = '']) => etag);
  return listed.length > 0 ? listed : [text];
}

/**
 * That a change may be made of what is there. Resolves with the etag that the change must still find, `*` for any; undefined where nobody
 * asked for one.
 *
 * @param read finds what is there; throws a refusal of status 404 when it is not
 * @throws HubError etag.mismatch, and what `read` throws
 */
export async function requireConditions(
  { headers, method }: Pick<FastifyRequest, 'headers' | 'method'>,
  read: () => Promise<unknown>,
): Promise<string | undefined> {
  const [match, noneMatch] = [conditionIn(headers['if-match']), conditionIn(headers['if-none-match'])];
  if (match === undefined && noneMatch === undefined) return undefined;
  const current = await currentEtag(read);
  if (noneMatch !== undefined && fits(noneMatch, current)) {
    throw new HubError('etag.mismatch', 'it is there already, as If-None-Match says that it must not be');
  }
  if (match === undefined) return undefined;
  // What cannot be changed because it is not there is told as that by whoever would change it.
  if (current === undefined && method !== 'PUT') return undefined;
  if (!fits(match, current)) {
    const why =
      current === undefined ? 'it is not there' : 'somebody changed it since you read it: the etag is another one';
    throw new HubError('etag.mismatch', why);
  }
  return match === '*' ? '*' : (current ?? undefined);
}

/** Whether who asks has this answer already. Pure. */
export function isKnown({ headers, method }: Pick<FastifyRequest, 'headers' | 'method'>, etag: string): boolean {
  const noneMatch = conditionIn(headers['if-none-match']);
  return method === 'GET' && noneMatch !== undefined && fits(noneMatch, etag);
}

function fits(condition: Condition, current: Current): boolean {
  if (current === undefined) return false;
  return condition === '*' || (current !== null && condition.includes(current));
}

async function currentEtag(read: () => Promise<unknown>): Promise<Current> {
  try {
    const { etag } = ((await read()) ?? {}) as { readonly etag?: unknown };
    return typeof etag === 'string' ? etag : null;
  } catch (thrown) {
    if (asHubError(thrown).row.http === 404) return undefined;
    throw thrown;
  }
}
