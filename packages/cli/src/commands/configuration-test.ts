import { Command } from 'commander';
import { collect } from '../configuration-options.ts';
import { testQueries } from '../configurations.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { readPairs } from '../read-json.ts';

interface Options extends CommonOptions {
  readonly targetCondition?: string;
  readonly metric: readonly string[];
}

export function configurationTest(context: CliContext): Command {
  return withServer(new Command('test'))
    .description('say what is wrong with a target condition and with metric queries, if anything; exit code 1 then')
    .option('--target-condition <text>', 'condition to test')
    .option('--metric <name=query>', 'query to test; repeat it for more', collect, [])
    .action((options: Options) => {
      const queries = readPairs('--metric', options.metric);
      return onServer(context, options, async ({ rest, output }) => {
        const tested = await testQueries(rest, options.targetCondition ?? '', queries);
        const errors = [tested.targetConditionError, ...Object.values(tested.customMetricQueryErrors)];
        const lines = errors.filter((error) => error !== null).map((error) => `${error}\n`);
        output.answer(tested, () => (lines.length === 0 ? 'nothing is wrong\n' : lines.join('')));
        if (lines.length > 0) context.setExitCode(ExitCode.refused);
      });
    });
}
