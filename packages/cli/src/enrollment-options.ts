import { type Command, Option } from 'commander';
import { readCertificateFile } from './certificates.ts';
import { CliFailure } from './cli-failure.ts';
import { collect } from './configuration-options.ts';
import type { EnrollmentKind } from './enrollments.ts';
import { ExitCode } from './exit-code.ts';
import { readJsonObject } from './read-text-file.ts';

/** What `enrollment add` and `enrollment update` have in common. */
export interface EnrollmentOptions {
  readonly group?: boolean;
  readonly attestation?: AttestationType;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
  readonly certificate?: string;
  readonly secondaryCertificate?: string;
  readonly signingCertificate?: string;
  readonly secondarySigningCertificate?: string;
  readonly authority?: string;
  readonly secondaryAuthority?: string;
  readonly endorsementKey?: string;
  readonly storageRootKey?: string;
  readonly deviceId?: string;
  readonly hub: readonly string[];
  readonly allocation?: string;
  readonly webhook?: string;
  readonly reprovision?: keyof typeof REPROVISION;
  readonly tags?: string;
  readonly desired?: string;
  readonly edge?: boolean;
  readonly credentialPolicy?: string;
}

const ATTESTATIONS = ['symmetricKey', 'x509', 'tpm'] as const;
type AttestationType = (typeof ATTESTATIONS)[number];

/** What may become of a device that comes back: it stays where it is, or it may move, with or without its twin. */
const REPROVISION = {
  keep: { updateHubAssignment: false, migrateDeviceData: false },
  migrate: { updateHubAssignment: true, migrateDeviceData: true },
  reset: { updateHubAssignment: true, migrateDeviceData: false },
} as const;

/** The version of the enrolment's shape that a webhook is told. Source: Azure DPS, "Use custom allocation policies". */
const WEBHOOK_API_VERSION = '2021-10-01';

export function withKind(command: Command): Command {
  return command.option('--group', 'of a group, not of a single device');
}

export function withEnrollment(command: Command): Command {
  return withKind(command)
    .addOption(new Option('--attestation <type>', 'what devices prove themselves with').choices([...ATTESTATIONS]))
    .option('--primary-key <base64>', 'a key of your own; the server makes one otherwise')
    .option('--secondary-key <base64>', 'a second key of your own')
    .option('--certificate <file>', "the device's own certificate, PEM or DER")
    .option('--secondary-certificate <file>', 'a second one, for the time of its renewal')
    .option('--signing-certificate <file>', 'groups: certificate of a root or intermediate that signs the devices')
    .option('--secondary-signing-certificate <file>', 'a second one, for the time of its renewal')
    .option('--authority <name>', 'groups: the same by the name of an authority that `viaduct certificate` verified')
    .option('--secondary-authority <name>', 'a second one')
    .option('--endorsement-key <base64>', "of the device's TPM: its marshalled TPM2B_PUBLIC")
    .option('--storage-root-key <base64>', 'of the TPM, where it must be that one: it changes when a TPM is cleared')
    .option('--device-id <id>', 'id of the device at the hub, where it is not the registration id')
    .option('--hub <name>', 'linked hub that devices may be sent to; repeat it for more (default: all)', collect, [])
    .addOption(
      new Option('--allocation <policy>', 'how the hub is chosen').choices([
        'hashed',
        'geoLatency',
        'static',
        'custom',
      ]),
    )
    .option('--webhook <url>', 'asked for the hub where the allocation is custom')
    .addOption(
      new Option('--reprovision <what>', 'what happens when a device comes back').choices(Object.keys(REPROVISION)),
    )
    .option('--tags <json>', 'tags that its twin begins with: JSON, or a file of it')
    .option('--desired <json>', 'desired properties that its twin begins with: JSON, or a file of it')
    .option('--edge', 'devices are IoT Edge devices')
    .option('--credential-policy <name>', 'issue certificates by this policy to devices that ask for one');
}

export function kindOf({ group }: Pick<EnrollmentOptions, 'group'>): EnrollmentKind {
  return group === true ? 'group' : 'individual';
}

/** The members of the document that the options name, and no others. @throws CliFailure usage */
export async function enrollmentIn(options: EnrollmentOptions): Promise<Readonly<Record<string, unknown>>> {
  const { deviceId, hub, allocation, webhook, reprovision, edge, credentialPolicy } = options;
  const attestation = await attestationIn(options);
  const initialTwin = await twinIn(options);
  return {
    ...(attestation === undefined ? {} : { attestation }),
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(hub.length === 0 ? {} : { iotHubs: hub }),
    ...(allocation === undefined && webhook === undefined ? {} : { allocationPolicy: allocation ?? 'custom' }),
    ...(webhook === undefined
      ? {}
      : { customAllocationDefinition: { webhookUrl: webhook, apiVersion: WEBHOOK_API_VERSION } }),
    ...(reprovision === undefined ? {} : { reprovisionPolicy: REPROVISION[reprovision] }),
    ...(initialTwin === undefined ? {} : { initialTwin }),
    ...(edge === true ? { capabilities: { iotEdge: true } } : {}),
    ...(credentialPolicy === undefined ? {} : { credentialPolicyName: credentialPolicy }),
  };
}

/** Undefined when nothing about it was given. @throws CliFailure usage when the options are of several kinds */
async function attestationIn(options: EnrollmentOptions): Promise<object | undefined> {
  const type = typeIn(options);
  switch (type) {
    case undefined:
      return undefined;
    case 'symmetricKey': {
      const { primaryKey = '', secondaryKey = '' } = options;
      // The service makes a key where none is given.
      return { type, symmetricKey: { primaryKey, secondaryKey } };
    }
    case 'tpm': {
      const { endorsementKey = '', storageRootKey } = options;
      return { type, tpm: { endorsementKey, ...(storageRootKey === undefined ? {} : { storageRootKey }) } };
    }
    case 'x509':
      return { type, x509: await certificatesIn(options) };
    default:
      return type satisfies never;
  }
}

/** As it was said, or as the other options tell. */
function typeIn(options: EnrollmentOptions): AttestationType | undefined {
  const { attestation, primaryKey, secondaryKey, endorsementKey } = options;
  const told = [
    ...(primaryKey === undefined && secondaryKey === undefined ? [] : (['symmetricKey'] as const)),
    ...(endorsementKey === undefined ? [] : (['tpm'] as const)),
    ...(certificateKinds(options).length === 0 ? [] : (['x509'] as const)),
  ];
  const types = new Set(attestation === undefined ? told : [attestation, ...told]);
  if (types.size > 1) throw tooManyKinds();
  const [type] = types;
  if (type === 'tpm' && endorsementKey === undefined) {
    throw new CliFailure(ExitCode.usage, 'a TPM is known by its endorsement key', 'Give --endorsement-key BASE64.');
  }
  return type;
}

function certificateKinds({ certificate, signingCertificate, authority }: EnrollmentOptions): readonly string[] {
  return [certificate, signingCertificate, authority].filter((given) => given !== undefined);
}

async function certificatesIn(options: EnrollmentOptions): Promise<object> {
  const { certificate, signingCertificate, authority: primary, secondaryAuthority: secondary } = options;
  if (certificateKinds(options).length !== 1) throw tooManyKinds();
  if (primary !== undefined) return { caReferences: { primary, ...(secondary === undefined ? {} : { secondary }) } };
  if (certificate !== undefined) {
    return { clientCertificates: await readPair(certificate, options.secondaryCertificate) };
  }
  return { signingCertificates: await readPair(signingCertificate ?? '', options.secondarySigningCertificate) };
}

async function readPair(primary: string, secondary: string | undefined): Promise<object> {
  return {
    primary: { certificate: await readCertificateFile(primary) },
    ...(secondary === undefined ? {} : { secondary: { certificate: await readCertificateFile(secondary) } }),
  };
}

async function twinIn({ tags, desired }: EnrollmentOptions): Promise<object | undefined> {
  if (tags === undefined && desired === undefined) return undefined;
  return {
    tags: tags === undefined ? {} : await readJsonObject('--tags', tags),
    properties: { desired: desired === undefined ? {} : await readJsonObject('--desired', desired) },
  };
}

function tooManyKinds(): CliFailure {
  return new CliFailure(
    ExitCode.usage,
    'an enrolment has one kind of proof',
    'Give keys, or --certificate, or --signing-certificate, or --authority, or --endorsement-key.',
  );
}
