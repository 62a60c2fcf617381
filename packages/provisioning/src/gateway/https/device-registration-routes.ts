import { HubError, LIMITS } from '@viaduct/contracts';
import { clientCertificateOf } from '@viaduct/hub';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bookRefusal } from '../../core/attestation/authenticate-registration.ts';
import type { RegistrationRecord } from '../../core/ports.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import { challengeTpm } from '../../core/registration/challenge-tpm.ts';
import { getOperation, getRegistrationState } from '../../core/registration/get-registration.ts';
import type { RegistrationCaller, RegistrationRequest } from '../../core/registration/register.ts';
import { registerDevice } from '../../core/registration/register-device.ts';
import { requireApiVersion } from '../api-version.ts';
import { provisioningProblem } from '../problem.ts';
import { reachedBy } from '../reached-by.ts';
import { operationDocument, registrationStateDocument } from '../registration-document.ts';
import { readRegistrationInput } from '../registration-input.ts';

/** By its form, so that other people's paths with such a second word stay theirs. */
const REGISTRATIONS = '/:idScope(^0[Nn][Ee][0-9A-Za-z]+$)/registrations';
const REGISTRATION = `${REGISTRATIONS}/:registrationId`;

/**
 * How devices register over HTTPS, with a token in `Authorization` or a client certificate.
 *
 *     PUT  /{idScope}/registrations/{registrationId}/register[?forceRegistration=true]   202 and an operation, or 200 and how it ended
 *     GET  /{idScope}/registrations/{registrationId}/operations/{operationId}            the same, for who polls
 *     POST /{idScope}/registrations/{registrationId}                                     where it was sent the last time
 *
 * A device that names the keys of its TPM and has no token yet is answered 401 with a challenge: the key to sign its token with, encrypted
 * so that only this TPM can read it. Source: Azure DPS, "Runtime Registration".
 */
export function deviceRegistrationRoutes(app: FastifyInstance, p: Provisioning): void {
  const options = { bodyLimit: LIMITS.PROVISIONING_MESSAGE_BYTES_MAX };
  app.put(`${REGISTRATION}/register`, options, async (request, reply) => {
    const { caller, input } = read(p, request);
    if (caller.credential.token === undefined && input.tpm !== undefined) {
      return challenge(p, request, reply, caller, input.tpm);
    }
    const { forceRegistration } = request.query as { forceRegistration?: unknown };
    const isForced = String(forceRegistration).toLowerCase() === 'true';
    const record = await registerDevice(p, caller, { ...input, forceRegistration: isForced });
    return answer(p, request, reply, record);
  });

  app.get(`${REGISTRATION}/operations/:operationId`, async (request, reply) => {
    const { operationId } = request.params as { operationId: string };
    return answer(p, request, reply, await getOperation(p, read(p, request).caller, operationId));
  });

  app.post(REGISTRATION, options, async (request) => {
    const { caller, input } = read(p, request);
    return registrationStateDocument(await getRegistrationState(p, caller, input));
  });

  app.all(`${REGISTRATIONS}/*`, notOffered);
}

interface Asked {
  readonly caller: RegistrationCaller;
  readonly input: RegistrationRequest;
}

/** @throws HubError argument.invalid, format.invalid, message.tooLarge; booked */
function read(p: Provisioning, request: FastifyRequest): Asked {
  const { idScope, registrationId } = request.params as { idScope: string; registrationId: string };
  const { socket } = request.raw;
  const { authorization } = request.headers;
  const caller = {
    ...{ idScope, registrationId },
    credential: { token: authorization === '' ? undefined : authorization, certificate: clientCertificateOf(socket) },
    transport: 'https',
    // Fastify's type does not say so: a peer that has hung up already has no address any more.
    remoteAddress: request.ip ?? 'unknown',
    reachedBy: reachedBy(socket),
  } as const;
  try {
    const apiVersion = requireApiVersion((request.query as Record<string, unknown>)['api-version']);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return { caller: { ...caller, apiVersion }, input: readRegistrationInput(body, registrationId) };
  } catch (error) {
    bookRefusal(p, caller, undefined, error);
    throw error;
  }
}

function answer(p: Provisioning, request: FastifyRequest, reply: FastifyReply, record: RegistrationRecord) {
  if (record.status === 'assigning') {
    const { idScope, registrationId } = request.params as { idScope: string; registrationId: string };
    const { 'api-version': version } = request.query as { 'api-version': string };
    const path = [idScope, 'registrations', registrationId, 'operations', record.operationId].map(encodeURIComponent);
    reply
      .code(202)
      .header('retry-after', p.retryAfterSeconds)
      .header('location', `/${path.join('/')}?api-version=${version}`);
  }
  return operationDocument(record);
}

async function challenge(
  p: Provisioning,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: RegistrationCaller,
  tpm: NonNullable<RegistrationRequest['tpm']>,
) {
  const authenticationKey = await challengeTpm(p, { ...caller, tpm });
  const refusal = new HubError('credential.missing', 'Authorization required');
  const problem = provisioningProblem(refusal, request.trackingId, p.clock.now());
  reply.code(401).header('x-ms-error-code', problem.errorCode);
  return { ...problem, authenticationKey: authenticationKey.toString('base64'), keyName: 'registration' };
}

async function notOffered({ method, url }: FastifyRequest): Promise<never> {
  throw new HubError('route.notFound', `devices are not offered ${method} ${url.split('?', 1)[0]}`);
}
