import { Command } from 'commander';
import { addCertificate, readCertificateFile } from '../certificates.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { certificateFacts } from '../show-certificate.ts';

export function certificateAdd(context: CliContext): Command {
  return withServer(new Command('add'))
    .argument('<name>', 'what to call the authority here')
    .argument('<file>', "the authority's certificate, PEM or DER; without its private key")
    .description('register a certificate authority that signs the certificates of devices')
    .option('--verified', 'skip the proof of possession: you vouch for the authority yourself')
    .action((name: string, file: string, options: CommonOptions & { readonly verified?: boolean }) =>
      onServer(context, options, async ({ rest, output }) => {
        const isVerified = options.verified === true;
        const added = await addCertificate(rest, name, await readCertificateFile(file), isVerified);
        output.answer(added, () => certificateFacts(added));
        if (!isVerified) output.note(`Next: viaduct certificate verification-code ${name}`);
      }),
    );
}
