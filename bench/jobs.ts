import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startTestServer, type TestServer } from '@viaduct/testkit';
import { cancelJob } from '../packages/hub/src/core/job/cancel-job.ts';
import { getJob } from '../packages/hub/src/core/job/get-job.ts';
import { signOwnContainer } from '../packages/hub/src/core/job/open-container.ts';
import { scheduleJob } from '../packages/hub/src/core/job/schedule-job.ts';
import { startTransfer } from '../packages/hub/src/core/job/start-transfer.ts';
import type { JobRecord } from '../packages/hub/src/core/ports.ts';

/**
 * How fast jobs go over a fleet, and the registry through a file.
 *
 *     npx tsx --conditions=source bench/jobs.ts --devices 100000
 *
 * A whole server in this process, in a temporary folder; nobody else talks to it. Beside each figure stands the longest time that
 * the event loop was held, which is what everybody else would have felt. Prints Markdown.
 */
const { values } = parseArgs({ options: { devices: { type: 'string', default: '100000' } } });
const devices = Number(values.devices);
const JOBS_CONTAINER = 'hub-jobs';

const server = await startTestServer({ flags: ['--log-level', 'error'] });
process.stdout.write(
  `| over ${devices.toLocaleString('en-US')} devices | seconds | a second | event loop held, ms p99, longest | memory, MB |\n`,
);
process.stdout.write('|---|---:|---:|---:|---:|\n');

const { containerUri } = signOwnContainer(server.hub, 86_400);
const file = (blobName: string) => ({ containerUri, blobName });
await put(server, 'fleet.txt');

await measure('import, new devices with tags and desired', () =>
  startTransfer(server.hub, { type: 'import', input: file('fleet.txt'), output: file('errors.txt') }),
);
await measure('export', () =>
  startTransfer(server.hub, { type: 'export', output: file('out.txt'), excludeKeys: false }),
);
await measure('import of what was exported', () =>
  startTransfer(server.hub, { type: 'import', input: file('out.txt'), output: file('errors.txt') }),
);
await measure('job: change every twin', () =>
  scheduleJob(server.hub, { condition: '*', update: { desired: { interval: 60 } } }),
);
await measure('job: a method, nobody is there', () =>
  scheduleJob(server.hub, { condition: 'tags.n >= 0', method: { methodName: 'blink' } }),
);
await measure('job: cancelled when its devices are known', async () => {
  const job = await scheduleJob(server.hub, {
    condition: '*',
    method: { methodName: 'blink', connectTimeoutSeconds: 300 },
  });
  while ((await getJob(server.hub, job.jobId)).counts.running === 0) await wait(20);
  return cancelJob(server.hub, job.jobId);
});
await server.stop();

async function put({ hub }: TestServer, name: string): Promise<void> {
  async function* lines(): AsyncGenerator<Buffer> {
    for (let from = 0; from < devices; from += 1_000) {
      const page = Array.from({ length: Math.min(1_000, devices - from) }, (_, i) => {
        const n = from + i;
        const tags = { n, site: `site-${n % 100}` };
        return `${JSON.stringify({ id: `d${String(n).padStart(7, '0')}`, tags, properties: { desired: { interval: 5 } } })}\n`;
      });
      yield Buffer.from(page.join(''));
    }
  }
  const none = { contentType: null, contentEncoding: null, contentLanguage: null };
  const headers = { ...none, contentDisposition: null, cacheControl: null, contentMd5: null };
  const body = { chunks: lines(), bytes: undefined, md5: undefined };
  await hub.blobs.put({ container: JOBS_CONTAINER, name }, body, { headers, metadata: {} });
}

async function measure(what: string, begin: () => Promise<JobRecord>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const startedAt = performance.now();
  const { jobId } = await begin();
  let job = await getJob(server.hub, jobId);
  let memory = 0;
  while (job.endedTime === null || job.counts.pending + job.counts.running > 0) {
    await wait(50);
    memory = Math.max(memory, process.memoryUsage().rss);
    job = await getJob(server.hub, jobId);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  delay.disable();
  const held = `${(delay.percentile(99) / 1e6).toFixed(0)}, ${(delay.max / 1e6).toFixed(0)}`;
  const { completed, failed, cancelled } = job.counts;
  const rate = Math.round((completed + failed + cancelled) / seconds).toLocaleString('en-US');
  const outcome = `${job.status}: ${completed} done, ${failed} failed, ${cancelled} cancelled`;
  process.stdout.write(
    `| ${what} (${outcome}) | ${seconds.toFixed(1)} | ${rate} | ${held} | ${(memory / 1e6).toFixed(0)} |\n`,
  );
}
