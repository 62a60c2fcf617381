import { X509Certificate } from 'node:crypto';
import { Command } from 'commander';
import { readCertificateFile } from '../certificates.ts';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { facts } from '../output.ts';
import { addDevice, connectionStringOf, type NewDevice } from '../registry.ts';

interface Options extends CommonOptions {
  readonly disabled?: boolean;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
  readonly certificate?: string;
  readonly byAuthority?: boolean;
}

export function deviceAdd(context: CliContext): Command {
  return withServer(new Command('add'))
    .argument('<deviceId>', 'id of the new device')
    .description('register a device and print its connection string')
    .option('--disabled', 'refuse its connections until it is enabled')
    .option('--primary-key <base64>', 'a key of your own; the server makes one otherwise')
    .option('--secondary-key <base64>', 'a second key of your own')
    .option('--certificate <file>', 'let it in with this certificate instead of a key, PEM or DER')
    .option('--by-authority', 'let it in with any certificate for its id that a verified authority signed')
    .action((deviceId: string, options: Options) =>
      onServer(context, options, async ({ address, rest, output }) => {
        const { disabled, primaryKey, secondaryKey } = options;
        const device = await addDevice(rest, {
          deviceId,
          status: disabled === true ? 'disabled' : 'enabled',
          ...(primaryKey === undefined ? {} : { primaryKey }),
          ...(secondaryKey === undefined ? {} : { secondaryKey }),
          ...(await certificateOf(options)),
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

/** @throws CliFailure usage when it is to have more than one kind of credential */
async function certificateOf(options: Options): Promise<Pick<NewDevice, 'certificate'>> {
  const { certificate, byAuthority, primaryKey, secondaryKey } = options;
  const kinds = [certificate ?? false, byAuthority ?? false, primaryKey ?? secondaryKey ?? false];
  if (kinds.filter((kind) => kind !== false).length > 1) {
    const advice = 'Give keys, or --certificate, or --by-authority.';
    throw new CliFailure(ExitCode.usage, 'a device has one kind of credential', advice);
  }
  if (byAuthority === true) return { certificate: 'byAuthority' };
  return certificate === undefined ? {} : { certificate: { sha256: await thumbprintOf(certificate) } };
}

async function thumbprintOf(file: string): Promise<string> {
  const text = await readCertificateFile(file);
  try {
    const bytes = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64');
    return new X509Certificate(bytes).fingerprint256.replaceAll(':', '');
  } catch (cause) {
    throw new CliFailure(ExitCode.usage, `${file} is no certificate`, 'Name a certificate file, PEM or DER.', {
      cause,
    });
  }
}
