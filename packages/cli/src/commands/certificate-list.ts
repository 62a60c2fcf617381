import { Command } from 'commander';
import { listCertificates } from '../certificates.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { certificateTable } from '../show-certificate.ts';

export function certificateList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list the certificate authorities that devices may rely on')
    .action((options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const certificates = await output.waiting('asking for certificates', listCertificates(rest));
        output.answer(certificates, () => certificateTable(certificates));
      }),
    );
}
