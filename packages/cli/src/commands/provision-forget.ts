import { Command } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { removeRegistration } from '../enrollments.ts';

export function provisionForget(context: CliContext): Command {
  return withServer(new Command('forget'))
    .argument('<registrationId...>', 'registration ids of devices')
    .description('forget where devices were sent; the next time they come they begin anew')
    .action((ids: readonly string[], options: CommonOptions) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        for (const id of ids) await removeRegistration(rest, id);
        output.answer({ forgotten: ids }, () => ids.map((id) => `forgot ${id}\n`).join(''));
      }),
    );
}
