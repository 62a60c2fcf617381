import { X509Certificate } from 'node:crypto';
import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { Output } from '../output.ts';
import { readCa } from '../rest-client.ts';
import { resolveServer } from '../server-address.ts';
import { trustLines } from '../trust-lines.ts';

export function ca(context: CliContext): Command {
  return withServer(new Command('ca'))
    .description("print the root certificate that clients must trust, and each SDK's way to do so")
    .action(async (options: CommonOptions) => {
      const { caFile } = await resolveServer(options, context.env);
      if (caFile === undefined) {
        throw new CliFailure(
          ExitCode.usage,
          'no root certificate was named',
          'Run this on the server, or give --ca FILE.',
        );
      }
      const pem = await readCa(caFile);
      const { subject, validTo, fingerprint256 } = new X509Certificate(pem);
      const trust = trustLines(caFile);
      const output = new Output(context.streams, options.json === true);
      output.answer({ caFile, subject, validTo, sha256: fingerprint256, pem, trust }, () => {
        const lines = Object.entries(trust).map(([client, line]) => `${client.padEnd(22)}${line}`);
        return `${pem.trim()}\n\nfile     ${caFile}\nsubject  ${subject}\nvalid to ${validTo}\nsha256   ${fingerprint256}\n\n${lines.join('\n')}`;
      });
    });
}
