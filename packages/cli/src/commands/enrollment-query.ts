import { Command } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { queryEnrollments } from '../enrollments.ts';
import { readNumber } from '../read-json.ts';
import { enrollmentTable } from '../show-enrollment.ts';

const TOP_MAX = 1_000_000;

export function enrollmentQuery(context: CliContext): Command {
  return withServer(new Command('query'))
    .argument('<query>', `such as "SELECT * FROM enrollmentGroups WHERE provisioningStatus = 'disabled'"`)
    .description("ask for enrolments in the provisioning service's query language")
    .option('--top <n>', `at most this many, up to ${TOP_MAX}`, '1000')
    .action((text: string, options: CommonOptions & { readonly top: string }) => {
      const top = readNumber('--top', options.top, { min: 1, max: TOP_MAX, whole: true });
      const kind = /\bfrom\s+enrollmentGroups\b/i.test(text) ? 'group' : 'individual';
      return onProvisioning(context, options, async ({ rest, output }) => {
        const found = await output.waiting('asking for enrolments', queryEnrollments(rest, kind, text, top));
        output.answer(found, () => (found.length === 0 ? 'Nothing fits.\n' : enrollmentTable(found)));
      });
    });
}
