import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AllocationWebhook } from './allocation-webhook.ts';

/** Answers as the test says, one after the other. */
const server = createServer();
const never = new AbortController().signal;
afterEach(() => {
  server.removeAllListeners('request');
  server.closeAllConnections();
  server.close();
});

async function webhook(
  ...answers: ((response: ServerResponse) => void)[]
): Promise<{ url: string; left: () => number }> {
  server.on('request', (request, response) => {
    request.resume();
    answers.shift()?.(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?code=1`, left: () => answers.length };
}

const status = (code: number) => (response: ServerResponse) => {
  response.writeHead(code).end();
};
const hangUp = (response: ServerResponse) => {
  response.destroy();
};
const choose = (response: ServerResponse) => {
  response.end('{"iotHubHostName":"a"}');
};
const ask = (url: string, signal = never) => new AllocationWebhook().ask(url, {}, signal);

describe('AllocationWebhook', () => {
  it.each([
    ['is broken', status(503)],
    ['asks for patience', status(429)],
    ['hangs up', hangUp],
  ])('asks once more when the other side %s', async (_what, failure) => {
    const { url } = await webhook(failure, choose);
    expect(await ask(url)).toEqual({ iotHubHostName: 'a' });
  });

  it('gives up after the second failure', async () => {
    const { url, left } = await webhook(status(500), hangUp, choose);
    await expect(ask(url)).rejects.toMatchObject({ code: 'allocation.webhookFailed' });
    expect(left()).toBe(1);
  });

  it.each([
    [401, 'allocation.webhookUnauthorized'],
    [403, 'allocation.webhookUnauthorized'],
    [404, 'allocation.webhookFailed'],
    [302, 'allocation.webhookFailed'],
    [204, 'allocation.webhookFailed'],
  ])('takes %i for an answer, and does not ask again', async (code, refusal) => {
    const { url, left } = await webhook(status(code), choose);
    await expect(ask(url)).rejects.toMatchObject({ code: refusal });
    expect(left()).toBe(1);
  });

  it.each(['http://169.254.169.254/latest', 'http://[fe80::1]/', 'ftp://example.net/', 'nonsense'])(
    'does not ask %s',
    async (url) => {
      await expect(ask(url)).rejects.toMatchObject({ code: 'allocation.webhookFailed' });
    },
  );

  it('ends with the assignment that it is asked for', async () => {
    const { url } = await webhook(() => undefined);
    const stop = new AbortController();
    const asked = ask(url, stop.signal);
    await once(server, 'request');
    stop.abort(new TypeError('the server stops'));
    await expect(asked).rejects.toThrow('the server stops');
  });
});
