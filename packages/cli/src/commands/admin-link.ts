import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, withData } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { Output } from '../output.ts';
import { dataDirectory, resolveServer } from '../server-address.ts';

const HOURS = LIMITS.ADMIN_LINK_SECONDS / 3_600;

/** Works in the data folder, not over the network: whoever may read the folder may become administrator, and nobody else. */
export function adminLink(context: CliContext): Command {
  return withData(new Command('admin-link'))
    .description('make a one-time link: to become the first administrator, or to set a new password')
    .action(async (options: CommonOptions) => {
      // A connection string in the environment names another server; this command is about the folder.
      const data = dataDirectory(options, context.env);
      const { ready } = await resolveServer({ data }, context.env);
      if (ready === undefined) {
        throw new CliFailure(
          ExitCode.usage,
          `${data} is not a data folder`,
          'Name the folder of the server with --data.',
        );
      }
      const { newAdminLink } = await import('@viaduct/server');
      const link = await newAdminLink(data, ready.consoleUrl);
      const expiresAt = new Date(Date.now() + LIMITS.ADMIN_LINK_SECONDS * 1000).toISOString();
      const output = new Output(context.streams, options.json === true);
      output.answer({ adminLink: link, expiresAt }, () => `${link}\n\nIt works once, within ${HOURS} hours.`);
    });
}
