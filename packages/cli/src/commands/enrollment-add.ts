import { Command } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { type EnrollmentOptions, enrollmentIn, kindOf, withEnrollment } from '../enrollment-options.ts';
import { type Attestation, addEnrollment, getAttestation } from '../enrollments.ts';
import { enrollmentFacts } from '../show-enrollment.ts';

type Options = CommonOptions & EnrollmentOptions & { readonly disabled?: boolean };

export function enrollmentAdd(context: CliContext): Command {
  return withServer(withEnrollment(new Command('add')))
    .argument('<id>', 'registration id of the device, or id of the group')
    .description('let a device come, or with --group all that prove to belong to it; with keys unless told otherwise')
    .option('--disabled', 'let nobody come until it is enabled')
    .action((id: string, options: Options) =>
      onProvisioning(context, options, async ({ address, rest, output }) => {
        const kind = kindOf(options);
        const added = await addEnrollment(rest, kind, id, {
          attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: '', secondaryKey: '' } },
          provisioningStatus: options.disabled === true ? 'disabled' : 'enabled',
          ...(await enrollmentIn(options)),
        });
        const attestation = await getAttestation(rest, kind, id);
        output.answer({ ...added, attestation }, () => enrollmentFacts(added, attestation));
        const device = kind === 'group' ? `REGISTRATION-ID ${howInGroup(id, attestation)}` : `${id} …`;
        output.note(`Id scope ${address.idScope ?? '…'}. Try it: viaduct provision device ${device}`);
      }),
    );
}

function howInGroup(id: string, { type }: Attestation): string {
  return type === 'symmetricKey' ? `--group ${id}` : '--certificate FILE --private-key FILE';
}
