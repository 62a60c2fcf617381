import {
  type DeviceIdentity,
  type DevicePatch,
  identityKey,
  LIMITS,
  type ModuleDetail,
  type ModuleRow,
  type NewModule,
} from '@viaduct/contracts';
import { createDevice, deleteDevice, getDevice, getDeviceWithPresence, listDevices, updateDevice } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import { AUTHENTICATION, authenticationInput } from './authentication-input.ts';
import type { ConsoleParts } from './console-parts.ts';
import { DEVICE_PATCH, patchAction } from './device-patch.ts';
import { moduleDetail, moduleRow } from './device-view.ts';
import type { OfDevice } from './identity-paths.ts';

interface OfModule {
  Params: { deviceId: string; moduleId: string };
}

const MODULE = '/devices/:deviceId/modules/:moduleId';

/** Modules of a device: list, make, look at, enable and disable, delete. What is asked of one is in device-control-routes.ts. */
export function moduleRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.get<OfDevice>('/devices/:deviceId/modules', ({ params }) => listModules(parts, params.deviceId));

  app.post<OfDevice & { Body: NewModule }>(
    '/devices/:deviceId/modules',
    { schema: { body: NEW_MODULE } },
    (request) => {
      const { moduleId, authentication } = request.body;
      const identity = { deviceId: request.params.deviceId, moduleId };
      return audited(parts.store, request, { action: 'module.create', object: identityKey(identity) }, async () => {
        const input = authentication === undefined ? {} : { authentication: authenticationInput(authentication) };
        await createDevice(parts.hub, identity, input);
        parts.live.announceUpdate(identity.deviceId);
        return detail(parts, identity);
      });
    },
  );

  app.get<OfModule>(MODULE, ({ params }) => detail(parts, params));

  app.patch<OfModule & { Body: DevicePatch }>(MODULE, { schema: { body: DEVICE_PATCH } }, (request) => {
    const { params, body } = request;
    const deed = { action: patchAction('module', body), object: identityKey(params) };
    return audited(parts.store, request, deed, async () => {
      await updateDevice(parts.hub, params, body);
      parts.live.announceUpdate(params.deviceId);
      return detail(parts, params);
    });
  });

  app.delete<OfModule>(MODULE, async (request, reply) => {
    const { params } = request;
    await audited(parts.store, request, { action: 'module.delete', object: identityKey(params) }, () =>
      deleteDevice(parts.hub, params),
    );
    parts.live.announceUpdate(params.deviceId);
    return reply.code(204).send();
  });
}

async function listModules(parts: ConsoleParts, deviceId: string): Promise<readonly ModuleRow[]> {
  await getDevice(parts.hub, { deviceId });
  const modules = await listDevices(parts.hub, { modulesOf: deviceId, limit: LIMITS.MODULES_PER_DEVICE_MAX });
  return Promise.all(modules.map((module) => moduleRow(parts, module)));
}

async function detail(parts: ConsoleParts, identity: DeviceIdentity): Promise<ModuleDetail> {
  return moduleDetail(parts, await getDeviceWithPresence(parts.hub, identity));
}

const NEW_MODULE = {
  type: 'object',
  required: ['moduleId'],
  additionalProperties: false,
  properties: { moduleId: { type: 'string', maxLength: 1_024 }, authentication: AUTHENTICATION },
} as const;
