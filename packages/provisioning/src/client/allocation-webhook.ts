import { HubError, LIMITS } from '@viaduct/contracts';
import { isLinkLocal, type JsonObject } from '@viaduct/hub';
import type { AsksWebhooks } from '../core/ports.ts';
import { type Answer, agentFor, excerpt, NoAnswer, sendBounded } from './bounded-request.ts';

/** Asked again once: a webhook that starts up, or a connection that was just closed. */
const ATTEMPTS = 2;

/**
 * Asks allocation webhooks: `POST`, JSON both ways, LIMITS.ALLOCATION_WEBHOOK_SECONDS_MAX for each of two attempts.
 *
 *     200 and a JSON object   its answer
 *     401, 403                allocation.webhookUnauthorized, at once
 *     5xx, 408, 429, nothing  once more, then allocation.webhookFailed
 *     everything else         allocation.webhookFailed, redirects too
 */
export class AllocationWebhook implements AsksAWebhook {
  /** Nobody waits for what was said before: a webhook is asked seldom, and each in a connection of its own. */
  async ask(url: string, question: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    const target = targetOf(url);
    const body = Buffer.from(JSON.stringify(question));
    let failure: HubError | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        const answer = await post(target, body, signal);
        if (answer.status === 200) return objectIn(answer);
        if (answer.status === 401 || answer.status === 403) throw unauthorized(answer);
        failure = failed(`it answered ${answer.status}${redirectWords(answer.status)}${excerpt(answer.text)}`);
        if (!isWorthATry(answer.status)) throw failure;
      } catch (thrown) {
        if (!(thrown instanceof NoAnswer)) throw thrown;
        failure = failed(thrown.message, thrown);
      }
    }
    throw failure ?? failed('it was not asked');
  }
}

type AsksAWebhook = AsksWebhooks['allocationWebhook'];

function targetOf(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target === undefined || !/^https?:$/.test(target.protocol))
    throw failed('its address is no http or https address');
  if (isLinkLocal(target.hostname.replace(/^\[(.*)\]$/, '$1'))) throw failed('its address is link-local');
  return target;
}

async function post(url: URL, body: Buffer, signal: AbortSignal): Promise<Answer> {
  const agent = agentFor(url, null);
  try {
    return await sendBounded({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' },
      body,
      agent,
      timeoutMs: LIMITS.ALLOCATION_WEBHOOK_SECONDS_MAX * 1_000,
      answerBytesMax: LIMITS.ALLOCATION_ANSWER_BYTES_MAX,
      signal,
    });
  } finally {
    agent.destroy();
  }
}

function isWorthATry(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

function objectIn({ text }: Answer): JsonObject {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  } catch (cause) {
    throw failed(`what it answered is no JSON${excerpt(text)}`, cause);
  }
  throw failed(`what it answered is no JSON object${excerpt(text)}`);
}

function redirectWords(status: number): string {
  return status >= 300 && status < 400 ? '; redirects are not followed, name the address itself' : '';
}

function unauthorized({ status, text }: Answer): HubError {
  return new HubError('allocation.webhookUnauthorized', `the allocation webhook answered ${status}${excerpt(text)}`);
}

function failed(why: string, cause?: unknown): HubError {
  return new HubError('allocation.webhookFailed', `the allocation webhook cannot be used: ${why}`, { cause });
}
