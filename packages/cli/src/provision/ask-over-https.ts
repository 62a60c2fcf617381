import { request } from 'node:https';
import { isIP } from 'node:net';
import { parse, textOf } from '../rest-client.ts';
import {
  ANSWER_MS_MAX,
  type AsksAsDevice,
  type DeviceAnswer,
  type DeviceEndpoint,
  type DeviceProof,
  type DeviceQuestion,
  registrationToken,
} from './device-endpoint.ts';

/** A new connection for each question: what a device knows by itself is the same each time. */
export async function askOverHttps(
  { hostName: host, httpsPort: port, idScope, ca }: DeviceEndpoint,
  registrationId: string,
  proof: DeviceProof,
  version: string,
): Promise<AsksAsDevice> {
  const base = `/${idScope}/registrations/${encodeURIComponent(registrationId)}`;
  const tls = {
    ...{ host, port, agent: false as const },
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca }),
    ...(proof.kind === 'certificate' ? { cert: proof.certificate, key: proof.privateKey } : {}),
  };
  const authorization =
    proof.kind === 'key' ? { authorization: registrationToken(idScope, registrationId, proof.key) } : {};

  function ask(question: DeviceQuestion): Promise<DeviceAnswer> {
    const { method, path, text } = requestOf(question);
    const headers = {
      'content-length': Buffer.byteLength(text),
      ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...authorization,
    };
    return new Promise((resolve, reject) => {
      const call = request({ ...tls, method, path: `${base}${path}?api-version=${version}`, headers }, (response) => {
        const retryAfter = response.headers['retry-after'];
        const retryAfterSeconds = retryAfter === undefined ? undefined : Number(retryAfter);
        textOf(response).then(
          (answer) => resolve({ status: response.statusCode ?? 0, retryAfterSeconds, value: parse(answer) }),
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
  return { ask, close: () => undefined };
}

function requestOf(question: DeviceQuestion) {
  if (question.kind === 'register') return { method: 'PUT', path: '/register', text: JSON.stringify(question.body) };
  return { method: 'GET', path: `/operations/${encodeURIComponent(question.operationId)}`, text: '' };
}
