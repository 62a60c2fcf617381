import { proofCommands } from '@viaduct/contracts';
import { Command } from 'commander';
import { newVerificationCode } from '../certificates.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function certificateVerificationCode(context: CliContext): Command {
  return withServer(new Command('verification-code'))
    .argument('<name>', 'name of the authority')
    .description("make a code for proving possession of the authority's private key, and say how")
    .action((name: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const verificationCode = await newVerificationCode(rest, name);
        const commands = proofCommands(verificationCode);
        output.answer({ name, verificationCode, commands }, () => instructions(name, verificationCode, commands));
      }),
    );
}

function instructions(name: string, verificationCode: string, commands: readonly string[]): string {
  return [
    `verification code  ${verificationCode}`,
    '',
    "Where the authority's private key is (ca.key here, its certificate ca.pem), run:",
    '',
    ...commands.map((command) => `  ${command}`),
    '',
    'The key stays there. Bring proof.pem here, and:',
    '',
    `  viaduct certificate verify ${name} proof.pem`,
    '',
  ].join('\n');
}
