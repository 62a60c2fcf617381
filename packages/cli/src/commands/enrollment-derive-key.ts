import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { deriveDeviceKey } from '../derive-key.ts';
import { getAttestation } from '../enrollments.ts';
import { ExitCode } from '../exit-code.ts';
import { Output, table } from '../output.ts';

interface Options extends CommonOptions {
  readonly group?: string;
  readonly key?: string;
  readonly secondary?: boolean;
}

export function enrollmentDeriveKey(context: CliContext): Command {
  return withServer(new Command('derive-key'))
    .argument('<registrationId...>', 'registration ids of devices')
    .description("compute the keys of a group's devices, from the group's; with --key no server is asked")
    .option('--group <id>', 'the group')
    .option('--key <base64>', "the group's key itself")
    .option('--secondary', "from the group's secondary key")
    .action(async (ids: readonly string[], options: Options) => {
      if ((options.group === undefined) === (options.key === undefined)) {
        const advice = 'Give --group ID, or --key BASE64 where no server is reached.';
        throw new CliFailure(ExitCode.usage, 'whose key is it?', advice);
      }
      const tell = (output: Output, key: string) => {
        const derived = ids.map((registrationId) => ({ registrationId, key: deriveDeviceKey(key, registrationId) }));
        output.answer(derived, () => keyText(derived));
      };
      if (options.key !== undefined) return tell(new Output(context.streams, options.json === true), options.key);
      await onProvisioning(context, options, async ({ rest, output }) => {
        tell(output, await keyOf(await getAttestation(rest, 'group', options.group ?? ''), options));
      });
    });
}

interface DerivedKey {
  readonly registrationId: string;
  readonly key: string;
}

/** One is printed bare, for `$(…)`. */
function keyText(keys: readonly DerivedKey[]): string {
  const [first] = keys;
  if (first !== undefined && keys.length === 1) return first.key;
  return table(
    ['REGISTRATION', 'KEY'],
    keys.map(({ registrationId, key }) => [registrationId, key]),
  );
}

function keyOf({ type, symmetricKey }: Awaited<ReturnType<typeof getAttestation>>, options: Options): string {
  const key = options.secondary === true ? symmetricKey?.secondaryKey : symmetricKey?.primaryKey;
  if (key) return key;
  throw new CliFailure(ExitCode.refused, `the group ${options.group} has no keys: its proof is ${type}`, NO_KEYS);
}

const NO_KEYS = 'Devices of such a group come with their certificates; there is nothing to derive.';
