import { createHmac } from 'node:crypto';
import { formatSas, type ReadyFile, sasSignedText } from '@viaduct/contracts';

/** A device that asks the provisioning service, request by request. */
export interface RegisteringDevice {
  readonly registrationId: string;
  /** Base64. */
  readonly key: string;
}

/** What the service answers to a device. */
export interface RegistrationAnswer {
  readonly status: number;
  /** Undefined where the answer has none. */
  readonly retryAfterSeconds: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the service says, for assertions.
  readonly json: any;
}

const TOKEN_SECONDS = 3_600;

/** A token as SDKs make it for a registration. */
export function registrationToken(idScope: string, { registrationId, key }: RegisteringDevice): string {
  const resource = `${idScope}/registrations/${registrationId}`;
  const expiresAt = Math.floor(Date.now() / 1_000) + TOKEN_SECONDS;
  const signedText = sasSignedText(resource, expiresAt);
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(signedText).digest('base64');
  return formatSas(resource, signature, expiresAt, 'registration');
}

/** `PUT …/register` over HTTPS. The process must trust the server's root. */
export function askToRegister(
  ready: ReadyFile,
  device: RegisteringDevice,
  body: object = {},
): Promise<RegistrationAnswer> {
  return ask(ready, device, 'PUT', '/register', { registrationId: device.registrationId, ...body });
}

/** `GET …/operations/{operationId}` over HTTPS. */
export function askForOperation(
  ready: ReadyFile,
  device: RegisteringDevice,
  operationId: string,
): Promise<RegistrationAnswer> {
  return ask(ready, device, 'GET', `/operations/${operationId}`);
}

async function ask(
  { hostName, ports, provisioning: { idScope } }: ReadyFile,
  device: RegisteringDevice,
  method: string,
  path: string,
  body?: object,
): Promise<RegistrationAnswer> {
  const base = `https://${hostName}:${ports.https}/${idScope}/registrations/${device.registrationId}`;
  const answer = await fetch(`${base}${path}?api-version=2021-10-01`, {
    method,
    headers: { authorization: registrationToken(idScope, device), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const retryAfter = answer.headers.get('retry-after');
  const retryAfterSeconds = retryAfter === null ? undefined : Number(retryAfter);
  return { status: answer.status, retryAfterSeconds, json: await answer.json() };
}
