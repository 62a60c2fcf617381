import assert from 'node:assert/strict';
import { signSas } from '@viaduct/hub';
import type { TestServer } from '@viaduct/testkit';

export interface HubAnswer {
  readonly status: number;
  readonly errorCode: string | null;
  readonly json: unknown;
}

/** A request to the REST API that no client makes, as a policy. */
export async function askHub(
  server: TestServer,
  method: string,
  path: string,
  body?: unknown,
  policy = 'iothubowner',
): Promise<HubAnswer> {
  const { hostName } = server.ready;
  const key = (await server.hub.policies.find(policy))?.primaryKey;
  assert(key !== undefined, `there is a policy ${policy}`);
  const expiresAtSeconds = Math.floor(Date.now() / 1_000) + 60;
  const authorization = signSas(hostName, key, expiresAtSeconds, policy);
  const answer = await fetch(`https://${hostName}${path}`, {
    method,
    headers: { authorization },
    ...(body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: answer.status, errorCode: answer.headers.get('iothub-errorcode'), json };
}
