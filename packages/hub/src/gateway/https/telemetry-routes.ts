import { HubError, SYSTEM_PROPERTY_BY_BAG_KEY, type SystemPropertyName } from '@viaduct/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authenticateDevice } from '../../core/access/authenticate-device.ts';
import type { Hub } from '../../core/hub.ts';
import { acceptTelemetry } from '../../core/telemetry/accept-telemetry.ts';
import { clientCertificateOf } from '../client-certificate.ts';
import { identityIn } from './read-request.ts';

/** Headers that carry system properties. Names are lower case, as Node hands them out. */
const SYSTEM_PROPERTY_BY_HEADER: Readonly<Record<string, SystemPropertyName>> = {
  'iothub-messageid': 'messageId',
  'iothub-correlationid': 'correlationId',
  'iothub-userid': 'userId',
  'iothub-to': 'to',
  'iothub-expiry': 'absoluteExpiryTime',
  'iothub-contenttype': 'contentType',
  'iothub-contentencoding': 'contentEncoding',
  'iothub-interface-id': 'interfaceId',
  'iothub-creation-time-utc': 'creationTimeUtc',
  'dt-subject': 'component',
};
const APPLICATION_PREFIX = 'iothub-app-';
const BATCH_TYPE = 'application/vnd.microsoft.iothub.json';

const BAG_KEY = new Map(Object.entries(SYSTEM_PROPERTY_BY_BAG_KEY).map(([key, name]) => [name, key]));

/** `POST /devices/{id}[/modules/{moduleId}]/messages/events`, as the device: one telemetry message. 204 once it is durable. */
export function telemetryRoutes(app: FastifyInstance, hub: Hub): void {
  for (const path of ['/devices/:id/messages/events', '/devices/:id/modules/:moduleId/messages/events']) {
    app.post(path, async (request, reply) => {
      const identity = identityIn(request);
      request.callingDevice = identity.deviceId;
      const { entry, authMethod } = await authenticateDevice(hub, {
        identity,
        token: request.headers.authorization,
        certificate: clientCertificateOf(request.raw.socket),
      });
      if (request.headers['content-type']?.startsWith(BATCH_TYPE)) {
        throw new HubError('argument.invalid', 'batches are not supported yet; send one message a request');
      }
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      await acceptTelemetry(hub, { ...entry, authMethod }, { bag: bagIn(request), body, flags: 0 });
      return reply.code(204).send();
    });
  }
}

/** The properties in the headers, as the property bag that the log keeps. */
function bagIn({ headers }: FastifyRequest): string {
  const pairs: string[] = [];
  for (const [header, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    const system = SYSTEM_PROPERTY_BY_HEADER[header];
    const key = system === undefined ? applicationKey(header) : BAG_KEY.get(system);
    if (key !== undefined) pairs.push(`${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  }
  return pairs.join('&');
}

function applicationKey(header: string): string | undefined {
  return header.startsWith(APPLICATION_PREFIX) ? header.slice(APPLICATION_PREFIX.length) : undefined;
}
