import { CliFailure } from '../cli-failure.ts';
import { deriveDeviceKey } from '../derive-key.ts';
import { ExitCode } from '../exit-code.ts';
import { readTextFile } from '../read-text-file.ts';
import type { DeviceProof } from './device-endpoint.ts';

/** How a device is told what to prove itself with. */
export interface ProofOptions {
  readonly key?: string;
  readonly groupKey?: string;
  readonly certificate?: string;
  readonly privateKey?: string;
}

const WHAT = 'Give --key, or --group-key, or --group, or --certificate with --private-key.';

/** @throws CliFailure usage when it is not exactly one credential */
export async function readProof(
  { key, groupKey, certificate, privateKey }: ProofOptions,
  registrationId: string,
): Promise<DeviceProof> {
  const given = [key, groupKey, certificate].filter((one) => one !== undefined);
  if (given.length !== 1) throw new CliFailure(ExitCode.usage, 'a device has one credential', WHAT);
  if (groupKey !== undefined) return { kind: 'key', key: deriveDeviceKey(groupKey, registrationId) };
  if (key !== undefined) return { kind: 'key', key };
  if (privateKey === undefined) {
    throw new CliFailure(ExitCode.usage, 'a certificate proves nothing without its key', 'Give --private-key FILE.');
  }
  return {
    kind: 'certificate',
    certificate: await readTextFile(certificate ?? '', 'Name a PEM file: the certificate, then those that signed it.'),
    privateKey: await readTextFile(privateKey, 'Name the PEM file with the private key of the certificate.'),
  };
}

/** Base64 of DER, from a PEM file. @throws CliFailure usage */
export async function readCsr(file: string): Promise<string> {
  const advice = `Make one with openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:secp384r1 -nodes -subj "/CN=REGISTRATION-ID" -keyout device.key -out device.csr`;
  const text = await readTextFile(file, advice);
  const [, , base64] = /-----BEGIN (NEW )?CERTIFICATE REQUEST-----([^-]+)-----END/.exec(text) ?? [];
  if (base64 !== undefined) return base64.replaceAll(/\s/g, '');
  throw new CliFailure(ExitCode.usage, `${file} is no request for a certificate in PEM`, advice);
}

/** PEM of what the service gives: base64 of DER, the device's own first. */
export function pemOf(chain: readonly string[]): string {
  return chain
    .map(
      (one) => `-----BEGIN CERTIFICATE-----\n${one.replaceAll(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`,
    )
    .join('');
}
