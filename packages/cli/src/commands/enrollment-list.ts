import { Command } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { listEnrollments } from '../enrollments.ts';
import { readNumber } from '../read-json.ts';
import { enrollmentTable } from '../show-enrollment.ts';

interface Options extends CommonOptions {
  readonly group?: boolean;
  readonly individual?: boolean;
  readonly top: string;
}

const TOP_MAX = 1_000_000;

export function enrollmentList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list enrolments: groups first, then single devices')
    .option('--group', 'groups only')
    .option('--individual', 'single devices only')
    .option('--top <n>', `at most this many of each, up to ${TOP_MAX}`, '1000')
    .action((options: Options) => {
      const top = readNumber('--top', options.top, { min: 1, max: TOP_MAX, whole: true });
      return onProvisioning(context, options, async ({ rest, output }) => {
        const kinds = (['group', 'individual'] as const).filter((kind) =>
          kind === 'group' ? options.individual !== true : options.group !== true,
        );
        const work = Promise.all(kinds.map((kind) => listEnrollments(rest, kind, top)));
        const enrollments = (await output.waiting('asking for enrolments', work)).flat();
        output.answer(enrollments, () => enrollmentTable(enrollments));
      });
    });
}
