import type { IncomingHttpHeaders } from 'node:http';
import { type Agent, request } from 'node:https';
import { isIP } from 'node:net';
import { parse, textOf } from '../rest-client.ts';
import { signToken } from '../sign-token.ts';

/** Where devices register, and what they trust. */
export interface DeviceEndpoint {
  readonly hostName: string;
  readonly httpsPort: number;
  readonly idScope: string;
  /** PEM; undefined for the system's roots. */
  readonly ca: string | undefined;
  /** For many devices in one process; each has a connection of its own otherwise. */
  readonly agent?: Agent;
}

/** What a device has to show. */
export type DeviceProof =
  /** Base64. */
  | { readonly kind: 'key'; readonly key: string }
  /** PEM: its own certificate first, then those in between. */
  | { readonly kind: 'certificate'; readonly certificate: string; readonly privateKey: string };

export interface DeviceRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Below `/{idScope}/registrations/{registrationId}`. */
  readonly path: string;
  readonly body?: object;
}

export interface DeviceAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly value: unknown;
}

const API_VERSION = '2021-10-01';
/** Knows requests for certificates. */
const CSR_API_VERSION = '2025-07-01-preview';
const TOKEN_SECONDS = 3_600;
const ANSWER_MS_MAX = 60_000;

/** One request of a device to the provisioning service over HTTPS, whatever the answer. @throws Node's error for a broken connection */
export async function askAsDevice(
  endpoint: DeviceEndpoint,
  registrationId: string,
  proof: DeviceProof,
  { method, path, body }: DeviceRequest,
): Promise<DeviceAnswer> {
  const { hostName: host, httpsPort: port, idScope, ca, agent } = endpoint;
  const version = body !== undefined && 'csr' in body ? CSR_API_VERSION : API_VERSION;
  const text = body === undefined ? '' : JSON.stringify(body);
  const base = `/${idScope}/registrations/${encodeURIComponent(registrationId)}`;
  const options = {
    ...{ host, port, method, path: `${base}${path}?api-version=${version}` },
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca }),
    ...(proof.kind === 'certificate' ? { cert: proof.certificate, key: proof.privateKey } : {}),
    ...(agent === undefined ? {} : { agent }),
    headers: {
      'content-length': Buffer.byteLength(text),
      ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...(proof.kind === 'key' ? { authorization: tokenOf(idScope, registrationId, proof.key) } : {}),
    },
  };
  return new Promise((resolve, reject) => {
    const call = request(options, (response) => {
      textOf(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, headers: response.headers, value: parse(answer) }),
        reject,
      );
    });
    call.setTimeout(ANSWER_MS_MAX, () => {
      call.destroy(Object.assign(new TypeError('no answer in a minute'), { code: 'ETIMEDOUT' }));
    });
    call.on('error', reject);
    call.end(text);
  });
}

/** Source: Azure DPS, "Symmetric key attestation": the resource is the registration, the policy is always `registration`. */
function tokenOf(idScope: string, registrationId: string, key: string): string {
  const resource = `${idScope}/registrations/${registrationId}`;
  const expiresAtSeconds = Math.floor(Date.now() / 1_000) + TOKEN_SECONDS;
  return signToken({ resource, key, policy: 'registration', expiresAtSeconds });
}
