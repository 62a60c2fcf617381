import {
  type CreatedSimulatedDevices,
  HubError,
  LIMITS,
  type NewSimulatedDevices,
  type SimulatedDeviceRow,
  type SimulationChange,
  type SimulationSummary,
} from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import { createSimulatedDevices } from '../simulation/create-simulated-devices.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import type { OfDevice } from './identity-paths.ts';

/** Devices that are made up: make many, look at them, start and stop, quicken and slow down. */
export function simulationRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const { simulation } = parts;
  app.get('/simulation', () => summary(parts));

  app.patch<{ Body: SimulationChange }>('/simulation', { schema: { body: CHANGE } }, (request) =>
    audited(parts.store, request, { action: 'simulation.change', object: null }, async () => {
      for (const { deviceId } of simulation.list()) await simulation.plan(deviceId, request.body);
      return summary(parts);
    }),
  );

  app.get('/simulation/devices', (): readonly SimulatedDeviceRow[] => simulation.list());

  app.post<{ Body: NewSimulatedDevices }>('/simulation/devices', { schema: { body: NEW } }, (request, reply) => {
    const { templateId, count } = request.body;
    const deed = { action: 'simulation.create', object: `${count} of ${templateId ?? 'no template'}` };
    reply.code(201);
    return audited(
      parts.store,
      request,
      deed,
      async (): Promise<CreatedSimulatedDevices> => ({
        deviceIds: await createSimulatedDevices(parts, request.body),
      }),
    );
  });

  app.get<OfDevice>('/simulation/devices/:deviceId', ({ params }): SimulatedDeviceRow => {
    const found = simulation.find(params.deviceId);
    if (found === undefined) throw new HubError('argument.invalid', `"${params.deviceId}" is not a simulated device`);
    return found;
  });

  app.patch<OfDevice & { Body: SimulationChange }>(
    '/simulation/devices/:deviceId',
    { schema: { body: CHANGE } },
    (request) => {
      const { deviceId } = request.params;
      return audited(parts.store, request, { action: 'simulation.change', object: deviceId }, () =>
        simulation.plan(deviceId, request.body),
      );
    },
  );
}

function summary({ simulation }: ConsoleParts): SimulationSummary {
  const devices = simulation.list();
  const running = devices.filter(({ state }) => state === 'running').length;
  return { devices: devices.length, running, devicesMax: LIMITS.SIMULATED_DEVICES_MAX };
}

const INTERVAL = {
  type: 'integer',
  minimum: LIMITS.SIMULATION_INTERVAL_SECONDS_MIN,
  maximum: LIMITS.SIMULATION_INTERVAL_SECONDS_MAX,
} as const;
const NEW = {
  type: 'object',
  required: ['templateId', 'count'],
  additionalProperties: false,
  properties: {
    templateId: { type: ['string', 'null'], maxLength: LIMITS.MODEL_ID_CHARACTERS_MAX },
    count: { type: 'integer', minimum: 1, maximum: LIMITS.SIMULATED_DEVICES_MAX },
    intervalSeconds: INTERVAL,
  },
} as const;
const CHANGE = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: { isRunning: { type: 'boolean' }, intervalSeconds: INTERVAL },
} as const;
