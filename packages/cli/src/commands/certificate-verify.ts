import { Command } from 'commander';
import { readCertificateFile, verifyCertificate } from '../certificates.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { certificateFacts } from '../show-certificate.ts';

export function certificateVerify(context: CliContext): Command {
  return withServer(new Command('verify'))
    .argument('<name>', 'name of the authority')
    .argument('<proof>', 'certificate for the verification code that the authority signed, PEM or DER')
    .description('hand in the proof of possession: devices may rely on the authority from then on')
    .action((name: string, proof: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const verified = await verifyCertificate(rest, name, await readCertificateFile(proof));
        output.answer(verified, () => certificateFacts(verified));
      }),
    );
}
