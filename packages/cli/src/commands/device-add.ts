import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { facts } from '../output.ts';
import { addDevice, connectionStringOf } from '../registry.ts';

interface Options extends CommonOptions {
  readonly disabled?: boolean;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
}

export function deviceAdd(context: CliContext): Command {
  return withServer(new Command('add'))
    .argument('<deviceId>', 'id of the new device')
    .description('register a device and print its connection string')
    .option('--disabled', 'refuse its connections until it is enabled')
    .option('--primary-key <base64>', 'a key of your own; the server makes one otherwise')
    .option('--secondary-key <base64>', 'a second key of your own')
    .action((deviceId: string, options: Options) =>
      onServer(context, options, async ({ address, rest, output }) => {
        const { disabled, primaryKey, secondaryKey } = options;
        const device = await addDevice(rest, {
          deviceId,
          status: disabled === true ? 'disabled' : 'enabled',
          ...(primaryKey === undefined ? {} : { primaryKey }),
          ...(secondaryKey === undefined ? {} : { secondaryKey }),
        });
        const connectionString = connectionStringOf(address, device);
        output.answer({ deviceId, status: device.status, connectionString }, () =>
          facts([
            ['device', device.deviceId],
            ['status', device.status],
            ['connection string', connectionString],
            ['root to trust', address.caFile],
          ]),
        );
      }),
    );
}
