import { HubError } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addCertificate } from '../../core/certificate/add-certificate.ts';
import { getCertificate, listCertificates } from '../../core/certificate/get-certificate.ts';
import { removeCertificate } from '../../core/certificate/remove-certificate.ts';
import { newVerificationCode, verifyCertificate } from '../../core/certificate/verify-certificate.ts';
import type { Hub } from '../../core/hub.ts';
import type { CaCertificateRecord, JsonObject } from '../../core/ports.ts';
import { authorize, ifMatchIn, jsonObjectIn, setEtag } from './read-request.ts';

/**
 * Certificate authorities, with the shapes of Azure's management API. There it lies below
 * `/subscriptions/…/IotHubs/{hub}`, which `rewriteHubUrl` takes away; here a policy token opens it.
 *
 *     GET    /certificates                                  RegistryRead
 *     GET    /certificates/{name}                           RegistryRead
 *     PUT    /certificates/{name}                           RegistryWrite   adds without If-Match, replaces with
 *     DELETE /certificates/{name}                           RegistryWrite
 *     POST   /certificates/{name}/generateVerificationCode  RegistryWrite
 *     POST   /certificates/{name}/verify                    RegistryWrite   takes the proof
 *
 * Source: Azure IoT Hub resource provider, operations of "Certificates".
 */
export function certificateRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/certificates', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    return { value: (await listCertificates(hub)).map(certificateDocument) };
  });
  app.get('/certificates/:name', async (request, reply) => {
    await authorize(hub, request, 'RegistryRead');
    return answer(reply, await getCertificate(hub, nameIn(request)));
  });
  app.put('/certificates/:name', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    const ifMatch = ifMatchIn(request);
    const added = await addCertificate(hub, { name: nameIn(request), ...readInput(request) }, ifMatch);
    return answer(reply.code(ifMatch === undefined ? 201 : 200), added);
  });
  app.delete('/certificates/:name', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    await removeCertificate(hub, nameIn(request), ifMatchIn(request));
    return reply.code(204).send();
  });
  app.post('/certificates/:name/generateverificationcode', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    return answer(reply, await newVerificationCode(hub, nameIn(request), ifMatchIn(request)));
  });
  app.post('/certificates/:name/verify', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    const { certificate } = readInput(request);
    return answer(reply, await verifyCertificate(hub, nameIn(request), certificate, ifMatchIn(request)));
  });
}

function nameIn(request: FastifyRequest): string {
  return (request.params as { name: string }).name;
}

/** In `properties`, as Azure's current API has it, or beside each other, as `verify` and older versions do. */
function readInput(request: FastifyRequest): { certificate: string; isVerified: boolean } {
  const body = jsonObjectIn(request);
  const { properties } = body;
  const { certificate, isVerified = false } = (
    typeof properties === 'object' && properties !== null ? properties : body
  ) as JsonObject;
  if (typeof certificate !== 'string') {
    throw new HubError('argument.invalid', 'certificate is the certificate as PEM or as base64 of it, in properties');
  }
  if (typeof isVerified !== 'boolean') throw new HubError('argument.invalid', 'isVerified is true or false');
  return { certificate, isVerified };
}

function answer(reply: FastifyReply, record: CaCertificateRecord): JsonObject {
  setEtag(reply, record.etag);
  return certificateDocument(record);
}

function certificateDocument(record: CaCertificateRecord): JsonObject {
  const { verificationCode } = record;
  return {
    name: record.name,
    type: 'Microsoft.Devices/IotHubs/Certificates',
    etag: record.etag,
    properties: {
      subject: record.subject,
      expiry: httpDate(record.validTo),
      thumbprint: record.thumbprint,
      isVerified: record.isVerified,
      created: httpDate(record.createdTime),
      updated: httpDate(record.updatedTime),
      certificate: Buffer.from(record.pem).toString('base64'),
      ...(verificationCode === null ? {} : { verificationCode }),
    },
  };
}

/** RFC 9110 §5.6.7: what Azure's clients parse here, and nowhere else. */
function httpDate(time: number): string {
  return new Date(time).toUTCString();
}
