import { setTimeout as pause } from 'node:timers/promises';
import type { ProvisioningAttempt } from '@viaduct/contracts';
import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onProvisioning, type ProvisioningWork, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { type AttemptQuery, listAttempts } from '../provisioning.ts';
import { readNumber } from '../read-json.ts';
import { attemptLine, attemptTable } from '../show-provisioning.ts';

interface Options extends CommonOptions {
  readonly registrationId?: string;
  readonly group?: string;
  readonly individual?: string;
  readonly top: string;
  readonly follow?: boolean;
}

const TOP_MAX = 1_000;
const FOLLOW_MS = 1_000;

export function provisionAttempts(context: CliContext): Command {
  return withServer(new Command('attempts'))
    .description('list who asked to be provisioned, newest first, and why not')
    .option('--registration-id <id>', 'of this device only')
    .option('--group <id>', 'through this group only')
    .option('--individual <id>', 'through this individual enrolment only')
    .option('--top <n>', `at most this many, up to ${TOP_MAX}`, '50')
    .option('--follow', 'print those that come, until Ctrl-C')
    .action((options: Options) => {
      const query = queryIn(options);
      return onProvisioning(context, options, async (server) => {
        if (options.follow === true) return follow(context, server, query);
        const attempts = await server.output.waiting('asking for attempts', listAttempts(server.rest, query));
        server.output.answer(attempts, () => attemptTable(attempts));
      });
    });
}

function queryIn({ registrationId, group, individual, top }: Options): AttemptQuery {
  if (group !== undefined && individual !== undefined) {
    throw new CliFailure(ExitCode.usage, '--group and --individual name different enrolments', 'Give one of them.');
  }
  const id = group ?? individual;
  return {
    registrationId,
    enrollment: id === undefined ? undefined : { kind: group === undefined ? 'individual' : 'group', id },
    top: readNumber('--top', top, { min: 1, max: TOP_MAX, whole: true }),
  };
}

/** Oldest first, beginning with what is there: whoever looks because a device does not come in wants to see its last try. */
async function follow({ stop }: CliContext, { rest, output }: ProvisioningWork, query: AttemptQuery): Promise<void> {
  let last = 0;
  let isFirst = true;
  while (!stop.aborted) {
    const found = await since(rest, query, last, isFirst);
    for (const attempt of found) output.item(attempt, () => attemptLine(attempt));
    if (isFirst) output.note('waiting for devices; Ctrl-C ends');
    last = found.at(-1)?.id ?? last;
    isFirst = false;
    await pause(FOLLOW_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Those after an id, oldest first; of the first look one page, later all that came in between. */
async function since(
  rest: ProvisioningWork['rest'],
  query: AttemptQuery,
  last: number,
  isFirst: boolean,
): Promise<readonly ProvisioningAttempt[]> {
  const found: ProvisioningAttempt[] = [];
  let before: number | undefined;
  for (;;) {
    const page = await listAttempts(rest, { ...query, before });
    const fresh = page.filter(({ id }) => id > last);
    found.push(...fresh);
    if (isFirst || fresh.length < query.top) return found.reverse();
    before = fresh.at(-1)?.id;
  }
}
