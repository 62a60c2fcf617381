import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { signContainer } from '../job-files.ts';
import { readNumber } from '../read-json.ts';

export function jobContainer(context: CliContext): Command {
  const { JOB_CONTAINER_SECONDS_DEFAULT: byDefault, JOB_CONTAINER_SECONDS_MAX: max } = LIMITS;
  return withServer(new Command('container'))
    .description("print a signed address of the hub's own container, for imports and exports by any client")
    .option('--seconds <n>', `how long it is good, up to ${max}`, String(byDefault))
    .action((options: CommonOptions & { readonly seconds: string }) => {
      const seconds = readNumber('--seconds', options.seconds, { min: 1, max, whole: true });
      return onServer(context, options, async ({ rest, output }) => {
        const container = await signContainer(rest, seconds);
        output.answer(container, () => container.containerUri);
      });
    });
}
