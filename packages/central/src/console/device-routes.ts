import {
  type DeviceDetail,
  type DevicePatch,
  isValidId,
  LIMITS,
  type LiveTelemetry,
  MESSAGES_PAGE_MAX,
  type NewDevice,
  type Refusal,
  requireValidId,
} from '@viaduct/contracts';
import {
  createDevice,
  deleteDevice,
  describeRefusal,
  getDevice,
  getDeviceWithPresence,
  updateDevice,
} from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { readHistory } from '../telemetry/read-history.ts';
import { audited } from './audited.ts';
import { AUTHENTICATION, authenticationInput } from './authentication-input.ts';
import type { ConsoleParts } from './console-parts.ts';
import { DEVICE_PATCH, patchAction } from './device-patch.ts';
import { deviceDetail } from './device-view.ts';
import type { OfDevice } from './identity-paths.ts';

/** Devices: make, look at, enable and disable, delete; what they said and what they were refused. */
export function deviceRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.post<{ Body: NewDevice }>('/devices', { schema: { body: NEW_DEVICE } }, (request) => {
    const { deviceId, authentication } = request.body;
    return audited(parts.store, request, { action: 'device.create', object: deviceId }, async () => {
      const input = authentication === undefined ? {} : { authentication: authenticationInput(authentication) };
      await createDevice(parts.hub, { deviceId: requireValidId(deviceId) }, input);
      return detail(parts, deviceId);
    });
  });

  app.get<OfDevice>('/devices/:deviceId', ({ params }) => detail(parts, params.deviceId));

  app.patch<OfDevice & { Body: DevicePatch }>('/devices/:deviceId', { schema: { body: DEVICE_PATCH } }, (request) => {
    const { deviceId } = request.params;
    return audited(
      parts.store,
      request,
      { action: patchAction('device', request.body), object: deviceId },
      async () => {
        await updateDevice(parts.hub, { deviceId }, request.body);
        parts.live.announceUpdate(deviceId);
        return detail(parts, deviceId);
      },
    );
  });

  app.delete<OfDevice>('/devices/:deviceId', async (request, reply) => {
    const { deviceId } = request.params;
    await audited(parts.store, request, { action: 'device.delete', object: deviceId }, () =>
      deleteDevice(parts.hub, { deviceId }),
    );
    return reply.code(204).send();
  });

  app.get<OfDevice & { Querystring: { sinceSeconds: number; limit: number } }>(
    '/devices/:deviceId/messages',
    { schema: { querystring: HISTORY } },
    async ({ params, query }): Promise<readonly LiveTelemetry[]> => {
      await getDevice(parts.hub, params);
      return readHistory(parts.hub, params.deviceId, query);
    },
  );

  // Also for ids that do not exist: "why is my device refused?" is most often asked of those.
  app.get<OfDevice>('/devices/:deviceId/refusals', async ({ params }): Promise<readonly Refusal[]> => {
    const refusals = isValidId(params.deviceId) ? await parts.hub.refusals.list(params.deviceId) : [];
    return refusals.map(describeRefusal);
  });
}

async function detail(parts: ConsoleParts, deviceId: string): Promise<DeviceDetail> {
  return deviceDetail(parts, await getDeviceWithPresence(parts.hub, { deviceId }));
}

const NEW_DEVICE = {
  type: 'object',
  required: ['deviceId'],
  additionalProperties: false,
  properties: { deviceId: { type: 'string', maxLength: 1_024 }, authentication: AUTHENTICATION },
} as const;
const HISTORY = {
  type: 'object',
  properties: {
    sinceSeconds: { type: 'number', minimum: 0, maximum: LIMITS.HISTORY_SECONDS_MAX, default: 600 },
    limit: { type: 'integer', minimum: 1, maximum: MESSAGES_PAGE_MAX, default: 1_000 },
  },
} as const;
