import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { Command, Option } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, withServer } from '../context.ts';
import { getAttestation } from '../enrollments.ts';
import { ExitCode } from '../exit-code.ts';
import { Output } from '../output.ts';
import { askOverHttps } from '../provision/ask-over-https.ts';
import { askOverMqtt } from '../provision/ask-over-mqtt.ts';
import type { DeviceEndpoint } from '../provision/device-endpoint.ts';
import {
  deviceFacts,
  explained,
  type ProvisionedDevice,
  provisionedDevice,
} from '../provision/explain-registration.ts';
import { type ProofOptions, pemOf, readCsr, readProof } from '../provision/read-proof.ts';
import { registerDevice } from '../provision/register-device.ts';
import { PROVISIONING } from '../provisioning-dialect.ts';
import { readJson, readNumber } from '../read-json.ts';
import { RestClient, readCa } from '../rest-client.ts';
import { saveFile } from '../save-file.ts';
import { type ProvisioningAddress, resolveProvisioning } from '../server-address.ts';

interface Options extends CommonOptions, ProofOptions {
  readonly group?: string;
  readonly csr?: string;
  readonly payload?: string;
  readonly transport: keyof typeof OPEN;
  readonly host?: string;
  readonly idScope?: string;
  readonly output?: string;
  readonly force?: boolean;
}

const OPEN = { https: askOverHttps, mqtt: askOverMqtt } as const;
const MQTT_PORT = 8883;

export function provisionDevice(context: CliContext): Command {
  return withServer(new Command('device'))
    .argument('<registrationId>', 'registration id of the device')
    .description('register as this device would: where it is sent, and why not')
    .addOption(new Option('--transport <name>', 'what it speaks').choices(Object.keys(OPEN)).default('https'))
    .option('--key <base64>', "the device's own key")
    .option('--group-key <base64>', "the group's key, from which the device's is derived")
    .option('--group <id>', 'the same, and the server is asked for the key of the group')
    .option('--certificate <file>', "the device's certificate, PEM, followed by those that signed it")
    .option('--private-key <file>', 'its private key, PEM')
    .option('--csr <file>', 'ask for a certificate with this request, PEM')
    .option('-o, --output <file>', 'where to put the certificate that was issued, with those that signed it')
    .option('--force', 'overwrite a file that is there')
    .option('--payload <json>', 'what the device says of itself; a webhook that allocates hears it')
    .option('--host <name>', 'endpoint of a server elsewhere, to which nothing but the device is known')
    .option('--id-scope <text>', 'id scope of that server')
    .action((registrationId: string, options: Options) => provision(context, registrationId, options));
}

async function provision(context: CliContext, registrationId: string, options: Options): Promise<void> {
  const { address, endpoint } = await findEndpoint(context, options);
  const rest = address === undefined ? undefined : new RestClient(address, PROVISIONING);
  const output = new Output(context.streams, options.json === true);
  try {
    const proof = await readProof(await withGroupKey(options, rest), registrationId);
    const registration = {
      ...{ registrationId, proof },
      ...(options.payload === undefined ? {} : { payload: readJson('--payload', options.payload) }),
      ...(options.csr === undefined ? {} : { csr: await readCsr(options.csr) }),
    };
    output.note(`registering ${registrationId} at ${endpoint.hostName}, id scope ${endpoint.idScope}`);
    const operation = await registerDevice(endpoint, registration, OPEN[options.transport], (text) =>
      output.progress(text),
    );
    const device = provisionedDevice(operation, proof, address?.ready);
    await saveChain(device, options);
    output.answer(device, () => deviceFacts(device, address?.caFile));
  } catch (thrown) {
    throw await explained(thrown, rest, registrationId);
  } finally {
    rest?.close();
  }
}

interface Found {
  /** Undefined where nothing but the device's endpoint is known. */
  readonly address: ProvisioningAddress | undefined;
  readonly endpoint: DeviceEndpoint;
}

async function findEndpoint({ env }: CliContext, options: Options): Promise<Found> {
  if (options.host === undefined) {
    const address = await resolveProvisioning(options, env);
    const idScope = requireScope(options.idScope ?? address.idScope);
    return { address, endpoint: await endpointOf({ ...address, idScope }, address.caFile) };
  }
  const port = readNumber('--https-port', options.httpsPort ?? '443', { min: 1, max: 65_535, whole: true });
  const caFile = options.ca ?? env.VIADUCT_CA_FILE;
  const idScope = requireScope(options.idScope);
  const known = { hostName: options.host, httpsPort: port, mqttPort: MQTT_PORT, idScope };
  return { address: undefined, endpoint: await endpointOf(known, caFile && resolve(caFile)) };
}

async function endpointOf(
  { hostName, httpsPort, mqttPort, idScope }: Omit<DeviceEndpoint, 'ca'>,
  caFile: string | undefined,
): Promise<DeviceEndpoint> {
  return { hostName, httpsPort, mqttPort, idScope, ca: caFile ? await readCa(caFile) : undefined };
}

function requireScope(idScope: string | undefined): string {
  if (idScope !== undefined) return idScope;
  const advice = 'Give --id-scope; `viaduct provision settings` on the server prints it.';
  throw new CliFailure(ExitCode.usage, 'the id scope is not known here', advice);
}

/** @throws CliFailure usage, refused when the group has no key */
async function withGroupKey(options: Options, rest: RestClient | undefined): Promise<ProofOptions> {
  if (options.group === undefined) return options;
  if (rest === undefined) {
    throw new CliFailure(ExitCode.usage, 'with --host there is nobody to ask for the key', 'Give --group-key instead.');
  }
  const { symmetricKey, type } = await getAttestation(rest, 'group', options.group);
  if (symmetricKey?.primaryKey) return { ...options, groupKey: symmetricKey.primaryKey };
  const advice = 'Give --certificate and --private-key of the device.';
  throw new CliFailure(ExitCode.refused, `the group ${options.group} has no keys: its proof is ${type}`, advice);
}

async function saveChain({ issuedCertificateChain }: ProvisionedDevice, { output, force }: Options): Promise<void> {
  if (output === undefined || issuedCertificateChain === null) return;
  const open = async () => Readable.from([Buffer.from(pemOf(issuedCertificateChain))]);
  await saveFile({ file: output, force: force === true, open, onBytes: () => undefined });
}
