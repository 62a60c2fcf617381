import { ACCESS_ROLES, type AccessRole, LIMITS } from '@viaduct/contracts';
import { Command, Option } from 'commander';
import { createAccessToken } from '../access-tokens.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

interface Options extends CommonOptions {
  readonly role: AccessRole;
  readonly days: string;
}

export function tokenCreate(context: CliContext): Command {
  return withServer(new Command('create'))
    .argument('<name>', 'what to call the token, for whoever uses it')
    .description('make an access token for a back end; it is printed this once')
    .addOption(new Option('--role <role>', 'what it lets do').choices(ACCESS_ROLES).makeOptionMandatory())
    .option('--days <days>', 'how long it is good', String(LIMITS.ACCESS_TOKEN_DAYS_DEFAULT))
    .action((name: string, { role, days, ...options }: Options) =>
      onServer(context, options, async ({ rest, output }) => {
        const made = await createAccessToken(rest, { name, role, expiresInDays: Number(days) });
        output.answer(made, () => made.token);
        output.note(`Send it as "Authorization: Bearer …" until ${new Date(made.expiryTime).toISOString()}.`);
      }),
    );
}
