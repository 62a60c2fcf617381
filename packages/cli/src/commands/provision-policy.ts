import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { collect } from '../configuration-options.ts';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { addCredentialPolicy, listCredentialPolicies, removeCredentialPolicy } from '../provisioning.ts';
import { readNumber } from '../read-json.ts';
import { policyTable } from '../show-provisioning.ts';

interface AddOptions extends CommonOptions {
  readonly days: string;
  readonly keyType: readonly string[];
}

const KEY_TYPES = ['EC-P256', 'EC-P384', 'RSA-2048', 'RSA-3072', 'RSA-4096'];

export function provisionPolicyList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list the policies by which certificates are issued to devices that ask for one')
    .action((options: CommonOptions) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        const policies = await listCredentialPolicies(rest);
        output.answer(policies, () => policyTable(policies));
      }),
    );
}

export function provisionPolicyAdd(context: CliContext): Command {
  return withServer(new Command('add'))
    .argument('<name>', 'what enrolments call it')
    .description('make a policy by which certificates are issued')
    .option('--days <n>', 'how long a certificate holds', '30')
    .option('--key-type <type>', `${KEY_TYPES.join(', ')}; repeat it for more (default: all)`, collect, [])
    .action((name: string, options: AddOptions) => {
      const range = { min: 1, max: LIMITS.ISSUED_CERTIFICATE_DAYS_MAX, whole: true };
      const validityDays = readNumber('--days', options.days, range);
      const keyTypes = options.keyType.length === 0 ? KEY_TYPES : options.keyType;
      return onProvisioning(context, options, async ({ rest, output }) => {
        const policy = await addCredentialPolicy(rest, name, { validityDays, keyTypes });
        output.answer(policy, () => policyTable([policy]));
        output.note(`Next: viaduct enrollment update ID --group --credential-policy ${name}`);
      });
    });
}

export function provisionPolicyRemove(context: CliContext): Command {
  return withServer(new Command('remove'))
    .argument('<name...>', 'names of policies')
    .description('remove policies; certificates that were issued by them stay good until their end')
    .action((names: readonly string[], options: CommonOptions) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        for (const name of names) await removeCredentialPolicy(rest, name);
        output.answer({ removed: names }, () => names.map((name) => `removed ${name}\n`).join(''));
      }),
    );
}
