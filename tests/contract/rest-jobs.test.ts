import { LIMITS } from '@viaduct/contracts';
import { startTestServer, type TestServer } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askHub } from './sdk/ask-hub.ts';

/** What no client sends: jobs as somebody makes them who does not mean well, or mistypes. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('jobs over REST', () => {
  const put = (jobId: string, body: unknown) => askHub(server, 'PUT', `/jobs/v2/${jobId}`, body);
  const update = { type: 'scheduleUpdateTwin', queryCondition: '*', updateTwin: { tags: { a: 1 } } };

  it.each<[string, string, unknown, number, string]>([
    ['an unknown type', 'b1', { ...update, type: 'scheduleNothing' }, 400, 'ArgumentInvalid'],
    ['no type', 'b2', { ...update, type: undefined }, 400, 'ArgumentInvalid'],
    ['a negative time', 'b3', { ...update, maxExecutionTimeInSeconds: -5 }, 400, 'ArgumentInvalid'],
    ['a start that is none', 'b4', { ...update, startTime: 'tomorrow' }, 400, 'ArgumentInvalid'],
    ['another id in the body', 'b5', { ...update, jobId: 'b6' }, 400, 'ArgumentInvalid'],
    ['an id with a slash', 'a%2Fb', update, 404, 'GenericNotFound'],
    ['an id with a space', 'a%20b', update, 400, 'ArgumentInvalid'],
    ['an injection for an id', "x'%3B--", update, 200, ''],
    ['an injection for a condition', 'b7', { ...update, queryCondition: "a=1') OR 1=1 --" }, 400, 'ArgumentInvalid'],
    ['a condition of another type', 'b8', { ...update, queryCondition: 7 }, 400, 'ArgumentInvalid'],
    ['a list for a body', 'b9', [], 400, 'IotHubFormatError'],
    [
      'a body that is too large',
      'b10',
      { ...update, x: 'x'.repeat(LIMITS.HTTP_BODY_BYTES_MAX) },
      413,
      'MessageTooLarge',
    ],
    ['twins that are too large', 'b11', { ...update, updateTwin: { tags: deep(40) } }, 400, 'ArgumentInvalid'],
  ])('%s is answered in words', async (_what, jobId, body, status, name) => {
    const answer = await put(jobId, body);
    expect([answer.status, answer.errorCode ?? '']).toEqual([status, name]);
  });

  it('import and export refuse what they cannot do', async () => {
    const create = (body: object) => askHub(server, 'POST', '/jobs/create', body);
    const { containerUri } = (await askHub(server, 'POST', '/jobs/container')).json as { containerUri: string };
    const job = { type: 'export', outputBlobContainerUri: containerUri };
    for (const [change, name] of [
      [{ type: 'explode' }, 'ArgumentInvalid'],
      [{ includeConfigurations: true }, 'ArgumentInvalid'],
      [{ storageAuthenticationType: 'identityBased' }, 'ArgumentInvalid'],
      [{ outputBlobContainerUri: undefined }, 'ArgumentInvalid'],
      [{ excludeKeysInExport: 'yes' }, 'ArgumentInvalid'],
      [{ outputBlobContainerUri: 'https://169.254.169.254/' }, 'BlobContainerValidationError'],
    ] as const) {
      const answer = await create({ ...job, ...change });
      expect([answer.status, answer.errorCode], JSON.stringify(change)).toEqual([400, name]);
    }
    expect((await askHub(server, 'POST', '/jobs/container', { seconds: -1 })).errorCode).toBe('ArgumentInvalid');
  });

  it('a policy without the right is refused', async () => {
    for (const [method, path, policy] of [
      ['PUT', '/jobs/v2/r1', 'registryReadWrite'],
      ['GET', '/jobs/v2/query', 'registryRead'],
      ['POST', '/jobs/create', 'service'],
      ['POST', '/jobs/container', 'registryRead'],
      ['GET', '/jobs', 'device'],
    ] as const) {
      expect((await askHub(server, method, path, update, policy)).status, `${policy} ${path}`).toBe(401);
    }
  });
});

function deep(levels: number): object {
  return levels === 0 ? {} : { a: deep(levels - 1) };
}
