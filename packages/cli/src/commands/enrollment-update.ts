import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { type EnrollmentOptions, enrollmentIn, kindOf, withEnrollment } from '../enrollment-options.ts';
import { changeEnrollment } from '../enrollments.ts';
import { ExitCode } from '../exit-code.ts';
import { enrollmentFacts } from '../show-enrollment.ts';

export function enrollmentUpdate(context: CliContext): Command {
  return withServer(withEnrollment(new Command('update')))
    .argument('<id>', 'registration id of the device, or id of the group')
    .description('change what is named, and nothing else; devices learn of it when they come the next time')
    .action((id: string, options: CommonOptions & EnrollmentOptions) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        const change = await enrollmentIn(options);
        if (Object.keys(change).length === 0) {
          throw new CliFailure(ExitCode.usage, 'there is nothing to change', 'Name what should be different.');
        }
        const changed = await changeEnrollment(rest, { kind: kindOf(options), id }, change);
        output.answer(changed, () => enrollmentFacts(changed));
      }),
    );
}
