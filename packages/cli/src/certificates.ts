import { readFile } from 'node:fs/promises';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';
import type { RestClient } from './rest-client.ts';

/** A certificate authority as the REST API gives it. */
export interface CaCertificate {
  readonly name: string;
  readonly etag: string;
  readonly properties: {
    readonly subject: string;
    readonly expiry: string;
    readonly thumbprint: string;
    readonly isVerified: boolean;
    readonly created: string;
    readonly updated: string;
    readonly verificationCode?: string;
  };
}

/** @throws HubError certificate.exists; CliFailure refused for what is not an authority's certificate */
export async function addCertificate(
  rest: RestClient,
  name: string,
  certificate: string,
  isVerified: boolean,
): Promise<CaCertificate> {
  const body = { properties: { certificate, isVerified } };
  return (await rest.send({ method: 'PUT', path: certificatePath(name), body })) as CaCertificate;
}

export async function listCertificates(rest: RestClient): Promise<readonly CaCertificate[]> {
  const { value } = (await rest.send({ method: 'GET', path: '/certificates' })) as { value: CaCertificate[] };
  return value;
}

/** @throws HubError certificate.notFound */
export async function getCertificate(rest: RestClient, name: string): Promise<CaCertificate> {
  return (await rest.send({ method: 'GET', path: certificatePath(name) })) as CaCertificate;
}

/** @throws HubError certificate.notFound */
export async function removeCertificate(rest: RestClient, name: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: certificatePath(name), anyVersion: true });
}

/** @throws HubError certificate.notFound */
export async function newVerificationCode(rest: RestClient, name: string): Promise<string> {
  const path = `${certificatePath(name)}/generateVerificationCode`;
  const { properties } = (await rest.send({ method: 'POST', path, anyVersion: true })) as CaCertificate;
  return properties.verificationCode ?? '';
}

/** @throws HubError certificate.notFound; CliFailure refused with what is wrong about the proof */
export async function verifyCertificate(rest: RestClient, name: string, proof: string): Promise<CaCertificate> {
  const path = `${certificatePath(name)}/verify`;
  return (await rest.send({ method: 'POST', path, body: { certificate: proof }, anyVersion: true })) as CaCertificate;
}

/** PEM as it is, anything else as the base64 of its bytes: that is how DER travels. @throws CliFailure usage */
export async function readCertificateFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new CliFailure(ExitCode.usage, `the file ${file} cannot be read`, 'Name a certificate file, PEM or DER.', {
      cause,
    });
  });
  const text = bytes.toString('latin1');
  if (/PRIVATE KEY-----/.test(text)) {
    const advice = 'Name the certificate alone. The private key is not needed here, and does not leave this machine.';
    throw new CliFailure(ExitCode.usage, `${file} contains a private key`, advice);
  }
  return text.includes('-----BEGIN') ? text : bytes.toString('base64');
}

function certificatePath(name: string): string {
  return `/certificates/${encodeURIComponent(name)}`;
}
