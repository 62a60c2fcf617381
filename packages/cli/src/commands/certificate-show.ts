import { Command } from 'commander';
import { getCertificate } from '../certificates.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { certificateFacts } from '../show-certificate.ts';

export function certificateShow(context: CliContext): Command {
  return withServer(new Command('show'))
    .argument('<name>', 'name of the authority')
    .description('show a certificate authority')
    .action((name: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const certificate = await getCertificate(rest, name);
        output.answer(certificate, () => certificateFacts(certificate));
      }),
    );
}
