import { Command } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { getRegistration } from '../enrollments.ts';
import { registrationTable } from '../show-enrollment.ts';

export function provisionStatus(context: CliContext): Command {
  return withServer(new Command('status'))
    .argument('<registrationId>', 'registration id of the device')
    .description('show where a device was sent, or why not')
    .action((registrationId: string, options: CommonOptions) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        const state = await getRegistration(rest, registrationId);
        output.answer(state, () => registrationTable([state]));
      }),
    );
}
