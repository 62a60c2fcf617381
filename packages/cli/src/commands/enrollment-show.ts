import { Command } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { kindOf, withKind } from '../enrollment-options.ts';
import { getAttestation, getEnrollment } from '../enrollments.ts';
import { enrollmentFacts } from '../show-enrollment.ts';

interface Options extends CommonOptions {
  readonly group?: boolean;
  readonly keys?: boolean;
}

export function enrollmentShow(context: CliContext): Command {
  return withServer(withKind(new Command('show')))
    .argument('<id>', 'registration id of the device, or id of the group')
    .description('show an enrolment')
    .option('--keys', 'with its keys')
    .action((id: string, options: Options) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        const kind = kindOf(options);
        const found = await getEnrollment(rest, kind, id);
        const attestation = options.keys === true ? await getAttestation(rest, kind, id) : found.attestation;
        output.answer({ ...found, attestation }, () => enrollmentFacts(found, attestation));
      }),
    );
}
