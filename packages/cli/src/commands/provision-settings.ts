import { Command, Option } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { facts } from '../output.ts';
import { getSettings, setAllocation } from '../provisioning.ts';

interface Options extends CommonOptions {
  readonly allocation?: string;
}

export function provisionSettings(context: CliContext): Command {
  return withServer(new Command('settings'))
    .description('show what provisioning is set to, or change it')
    .addOption(
      new Option('--allocation <policy>', 'how hubs are chosen for enrolments that do not say').choices([
        'hashed',
        'geoLatency',
        'static',
      ]),
    )
    .action((options: Options) =>
      onProvisioning(context, options, async ({ address, rest, output }) => {
        const { allocation } = options;
        const { idScope, allocationPolicy } = await (allocation === undefined
          ? getSettings(rest)
          : setAllocation(rest, allocation));
        output.answer({ idScope, endpoint: address.hostName, allocationPolicy }, () =>
          facts([
            ['id scope', idScope],
            ['endpoint', address.hostName],
            ['allocation', allocationPolicy],
          ]),
        );
      }),
    );
}
