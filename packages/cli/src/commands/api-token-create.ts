import { API_ROLES, type ApiRole, LIMITS } from '@viaduct/contracts';
import { Command, Option } from 'commander';
import { createApiToken } from '../api-tokens.ts';
import type { CliContext } from '../context.ts';
import { type CentralOptions, onCentral, withCentral } from '../on-central.ts';
import { readNumber } from '../read-json.ts';

interface Options extends CentralOptions {
  readonly role: ApiRole;
  readonly days: string;
}

export function apiTokenCreate(context: CliContext): Command {
  return withCentral(new Command('create'))
    .argument('<id>', 'what to call the token, for whoever uses it')
    .description('make an API token; it is printed this once')
    .addOption(new Option('--role <role>', 'what it lets do').choices(API_ROLES).makeOptionMandatory())
    .option('--days <days>', 'how long it is good', String(LIMITS.API_TOKEN_DAYS_DEFAULT))
    .action((id: string, { role, days, ...options }: Options) => {
      const expiresInDays = readNumber('--days', days, { min: 1, max: LIMITS.API_TOKEN_DAYS_MAX, whole: true });
      return onCentral(context, options, async ({ rest, output }) => {
        const made = await createApiToken(rest, { tokenId: id, role, expiresInDays });
        output.answer(made, () => made.token);
        output.note(`Send it as the Authorization header, as it is, until ${made.expiry}.`);
      });
    });
}
