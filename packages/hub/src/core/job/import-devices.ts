import { HubError, LIMITS } from '@viaduct/contracts';
import type {
  ImportError,
  JobRecord,
  KeepsBlobs,
  KeepsJobs,
  OpensContainers,
  SignsBlobs,
  TransferWork,
} from '../ports.ts';
import { applyBulkItems, bulkError, type ChangesDevices, type ItemRefusal } from '../registry/bulk-devices.ts';
import { openContainer } from './open-container.ts';
import { type Line, readLines } from './read-lines.ts';

export type ImportsDevices = ChangesDevices & KeepsJobs & KeepsBlobs & SignsBlobs & OpensContainers;

const LINES_AT_ONCE = 128;
const BYTES_AT_ONCE = 4 * 1_048_576;
const ERRORS_AT_ONCE = 1_000;

/**
 * Applies each line of a file to the registry, by its `importMode`; `createOrUpdate` where it names none. What is refused goes
 * into an error log, and the rest is applied all the same.
 *
 *     blob ─► lines ─► a group of them ─► applied side by side, lines of one device in order ─► counted, COMMIT ─► next group
 *
 * After a stop it goes on with the group that was not counted yet. Of that one, lines may be applied twice, which only `create`,
 * `delete` and the modes with an etag can tell.
 *
 * @throws HubError container.invalid; store.unavailable, log.unavailable (run it again later)
 */
export async function importDevices(
  hub: ImportsDevices,
  job: JobRecord,
  { input, output }: Extract<TransferWork, { type: 'import' }>,
  signal: AbortSignal,
): Promise<void> {
  const file = await openContainer(hub, input.containerUri).read(input.blobName, signal);
  let { completed, failed } = job.counts;
  for await (const group of groupsOf(readLines(file.chunks, LIMITS.IMPORT_LINE_BYTES_MAX), job.linesDone)) {
    signal.throwIfAborted();
    const errors = await applyLines(hub, group);
    const kept = errors.slice(0, Math.max(0, LIMITS.IMPORT_ERRORS_MAX - failed));
    failed += errors.length;
    completed += group.length - errors.length;
    const { number, end } = group.at(-1) ?? { number: 0, end: 0 };
    const progress = Math.min(99, Math.floor((100 * end) / Math.max(1, file.bytes)));
    await hub.jobs.saveProgress(job.jobId, { progress, completed, failed, linesDone: number, errors: kept });
  }
  signal.throwIfAborted();
  await openContainer(hub, output.containerUri).write(output.blobName, errorLog(hub, job.jobId, failed), signal);
  await hub.jobs.saveProgress(job.jobId, { progress: 100, completed, failed });
  await hub.jobs.forgetImportErrors(job.jobId);
}

async function* groupsOf(lines: AsyncIterable<Line>, linesDone: number): AsyncGenerator<readonly Line[]> {
  let group: Line[] = [];
  let bytes = 0;
  for await (const line of lines) {
    if (line.number <= linesDone) continue;
    group.push(line);
    bytes += line.text?.length ?? 0;
    if (group.length < LINES_AT_ONCE && bytes < BYTES_AT_ONCE) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

async function applyLines(hub: ImportsDevices, lines: readonly Line[]): Promise<readonly ImportError[]> {
  const parsed = lines.map(parsedLine);
  const refusals = await applyBulkItems(
    hub,
    parsed.map(({ item }) => item),
    'createOrUpdate',
  );
  return lines.flatMap(({ number }, index) => {
    const refusal = parsed[index]?.refusal ?? refusals[index];
    if (refusal === undefined) return [];
    // The disk is no fault of the line: it is tried again with the rest.
    if (refusal.error.row.retry && refusal.error.row.http === 503) throw refusal.error;
    return [{ line: number, text: JSON.stringify({ line: number, ...bulkError(refusal) }) }];
  });
}

/** A line that cannot be read is refused for that, whatever else would be wrong with it. */
function parsedLine({ text }: Line): { readonly item: unknown; readonly refusal?: ItemRefusal } {
  const refused = (why: string, cause?: unknown) => ({
    item: null,
    refusal: { identity: { deviceId: '' }, error: new HubError('format.invalid', why, { cause }) },
  });
  if (text === null) return refused(`the line has more than ${LIMITS.IMPORT_LINE_BYTES_MAX} bytes`);
  try {
    return { item: JSON.parse(text) as unknown };
  } catch (cause) {
    return refused(`the line is not JSON: ${(cause as Error).message}`, cause);
  }
}

async function* errorLog({ jobs }: KeepsJobs, jobId: string, failed: number): AsyncGenerator<Buffer> {
  let after = 0;
  let told = 0;
  for (;;) {
    const errors = await jobs.listImportErrors(jobId, after, ERRORS_AT_ONCE);
    const last = errors.at(-1);
    if (last === undefined) break;
    yield Buffer.from(errors.map(({ text }) => `${text}\n`).join(''));
    told += errors.length;
    after = last.line;
  }
  if (failed > told)
    yield Buffer.from(`${JSON.stringify({ errorStatus: `${failed - told} more lines were refused` })}\n`);
}
