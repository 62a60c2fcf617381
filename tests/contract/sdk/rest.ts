import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { parseConnectionString } from '@viaduct/contracts';
import { signSas } from '@viaduct/hub';
import type { TestServer } from '@viaduct/testkit';

/** A request as a back end without an SDK makes it, with the owner's policy. */
export async function rest(
  server: Pick<TestServer, 'ready'>,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const { ready } = server;
  const { SharedAccessKey: key = '', SharedAccessKeyName: policy = '' } = parseConnectionString(
    ready.hubConnectionString,
  );
  const expiresAtSeconds = Math.floor(Date.now() / 1_000) + 300;
  const authorization = signSas(ready.hostName, key, expiresAtSeconds, policy);
  const ca = await readFile(ready.caFile, 'utf8');
  return new Promise((resolve, reject) => {
    const options = {
      host: ready.hostName,
      port: ready.ports.https,
      method,
      path,
      ca,
      headers: { authorization, ...headers },
    };
    const asked = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
      });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
