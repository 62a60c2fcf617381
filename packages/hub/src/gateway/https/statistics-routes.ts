import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../core/hub.ts';
import { countDevices } from '../../core/registry/list-devices.ts';
import { authorize } from './read-request.ts';

/** `GET /statistics/devices` and `GET /statistics/service`, RegistryRead. */
export function statisticsRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/statistics/devices', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    const [totalDeviceCount, disabledDeviceCount] = await Promise.all([
      countDevices(hub),
      countDevices(hub, { status: 'disabled' }),
    ]);
    return { totalDeviceCount, enabledDeviceCount: totalDeviceCount - disabledDeviceCount, disabledDeviceCount };
  });
  app.get('/statistics/service', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    let connectedDeviceCount = 0;
    for (const session of hub.sessions) if (session.identity.moduleId === undefined) connectedDeviceCount++;
    return { connectedDeviceCount };
  });
}
