import type { JobView, TransferContainer } from '@viaduct/contracts';
import { getJob } from '@viaduct/hub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let served: ConsoleUnderTest;
let browser: Browser;

beforeAll(async () => {
  served = await openConsole();
  browser = await signedInBrowser(served);
});
afterAll(() => served.close());

describe('transfers', () => {
  it('tell where a file is put, and import it from there', async () => {
    const container = (await browser.request('POST', '/transfers/container')).json<TransferContainer>();
    expect(container).toMatchObject({ path: '/hub-jobs', signature: expect.stringContaining('sig=') });
    const made = await browser.request('POST', '/transfers', { type: 'import', file: 'mine.txt' });
    expect(made.statusCode).toBe(201);
    const { jobId } = made.json<JobView>();
    const { work } = await getJob(served.hub, jobId);
    expect(work).toMatchObject({
      type: 'import',
      input: { blobName: 'mine.txt' },
      output: { blobName: 'mine.txt.errors.log' },
    });
    const file = await browser.request('GET', `/transfers/${jobId}/file`);
    expect(file.statusCode).toBe(302);
    expect(file.headers.location).toMatch(/^\/hub-jobs\/mine\.txt\.errors\.log\?.*sig=/);
  });

  it('refuse a second one at a time, and a job without a file', async () => {
    const second = await browser.request('POST', '/transfers', { type: 'export', excludeKeys: true });
    expect(second.json()).toMatchObject({ code: 'job.transferRunning' });
    const job = await browser.request('POST', '/jobs', { condition: '*', update: { tags: { a: 1 } } });
    const file = await browser.request('GET', `/transfers/${job.json<JobView>().jobId}/file`);
    expect(file.json()).toMatchObject({ code: 'job.notFound' });
  });
});
