import { Command } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { listRegistrations } from '../enrollments.ts';
import { readNumber } from '../read-json.ts';
import { registrationTable } from '../show-enrollment.ts';

const TOP_MAX = 1_000_000;

export function enrollmentRegistrations(context: CliContext): Command {
  return withServer(new Command('registrations'))
    .argument('<group>', 'id of the group')
    .description('list the devices that came through a group, and where they were sent')
    .option('--top <n>', `at most this many, up to ${TOP_MAX}`, '1000')
    .action((group: string, options: CommonOptions & { readonly top: string }) => {
      const top = readNumber('--top', options.top, { min: 1, max: TOP_MAX, whole: true });
      return onProvisioning(context, options, async ({ rest, output }) => {
        const found = await output.waiting('asking for registrations', listRegistrations(rest, group, top));
        output.answer(found, () => registrationTable(found));
      });
    });
}
