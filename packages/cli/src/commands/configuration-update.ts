import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type ChangeOptions, changeIn, withChange } from '../configuration-options.ts';
import { updateConfiguration } from '../configurations.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { configurationFacts } from '../show-configuration.ts';

export function configurationUpdate(context: CliContext): Command {
  return withServer(withChange(new Command('update')))
    .argument('<id>', 'id of the configuration')
    .description(
      'change whom a configuration is for, its priority, all its labels or all its metrics; its content never changes',
    )
    .action((id: string, options: CommonOptions & ChangeOptions) => {
      const change = changeIn(options);
      if (Object.keys(change).length === 0) {
        const advice = 'Give --target-condition, --priority, --label or --metric.';
        throw new CliFailure(ExitCode.usage, 'nothing to change was named', advice);
      }
      return onServer(context, options, async ({ rest, output }) => {
        const updated = await updateConfiguration(rest, id, change);
        output.answer(updated, () => configurationFacts(updated));
      });
    });
}
