import { Command, Option } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { facts } from '../output.ts';
import { connectionStringOf, type KeyToRotate, rotateKey } from '../registry.ts';

interface Options extends CommonOptions {
  readonly which: KeyToRotate;
}

export function deviceRotateKey(context: CliContext): Command {
  return withServer(new Command('rotate-key'))
    .argument('<deviceId>', 'id of the device')
    .description('make a new key for a device, or swap its two; a device that is connected is thrown out')
    .addOption(
      new Option('--which <key>', 'which one to make anew; swap makes none and exchanges the two')
        .choices(['primary', 'secondary', 'swap'])
        .makeOptionMandatory(),
    )
    .action((deviceId: string, options: Options) =>
      onServer(context, options, async ({ address, rest, output }) => {
        const device = await rotateKey(rest, deviceId, options.which);
        const primary = connectionStringOf(address, device);
        const secondary = connectionStringOf(address, device, true);
        output.answer({ deviceId, primaryConnectionString: primary, secondaryConnectionString: secondary }, () =>
          facts([
            ['device', deviceId],
            ['primary', primary],
            ['secondary', secondary],
          ]),
        );
      }),
    );
}
