import { parseConnectionString } from '@viaduct/contracts';
import { signSas } from '@viaduct/hub';
import { startTestServer, type TestServer } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proves } from './sdk/operations.ts';

/** What no SDK for Node calls. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('configurations, asked for without a client', () => {
  it('tests a condition and queries, in the spelling that Azure documents', async ({ task }) => {
    proves(task, 'configuration.test_queries');
    const answer = await post('/configurations/testQueries?api-version=2021-04-12', {
      targetCondition: "tags.env = 'prod' AND",
      customMetricQueries: { good: 'SELECT deviceId FROM devices', bad: 'SELECT deviceId FROM nowhere' },
    });
    expect(answer).toEqual({
      targetConditionError: expect.stringContaining('its end (character 22)'),
      customMetricQueryErrors: { bad: expect.stringContaining('nowhere') },
    });
  });
});

async function post(path: string, body: unknown): Promise<unknown> {
  const {
    HostName: hostName = '',
    SharedAccessKey = '',
    SharedAccessKeyName,
  } = parseConnectionString(server.ready.hubConnectionString);
  const expiry = Math.floor(Date.now() / 1_000) + 300;
  const authorization = signSas(hostName, SharedAccessKey, expiry, SharedAccessKeyName);
  const response = await fetch(`https://${hostName}${path}`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify(body),
  });
  return response.json();
}
