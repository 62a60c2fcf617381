import { type CommandRunPage, type CommandRunView, LIMITS } from '@viaduct/contracts';
import { getDevice } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import type { CommandRun } from '../command/command-runs.ts';
import type { ConsoleParts } from './console-parts.ts';
import { iso } from './device-view.ts';
import type { OfDevice } from './identity-paths.ts';

interface PageQuery {
  readonly before?: number;
  readonly limit: number;
}

/** Which commands a device was given, and what it answered. */
export function commandRunRoutes(app: FastifyInstance, { hub, commandRuns }: ConsoleParts): void {
  app.get<OfDevice & { Querystring: PageQuery }>(
    '/devices/:deviceId/command-runs',
    { schema: { querystring: PAGE } },
    async ({ params, query }): Promise<CommandRunPage> => {
      await getDevice(hub, params);
      const { runs, before } = await commandRuns.listOfDevice(params.deviceId, query);
      return { items: runs.map(runView), before: before ?? null };
    },
  );
}

function runView({ runId, name, time, ...run }: CommandRun): CommandRunView {
  const { moduleId, component, request, response, responseCode, caller } = run;
  return {
    ...{ runId, name, responseCode, caller, at: iso(time) },
    moduleId: moduleId ?? null,
    component: component ?? null,
    ...(request === undefined ? {} : { request }),
    ...(response === undefined ? {} : { response }),
  };
}

const PAGE = {
  type: 'object',
  properties: {
    before: { type: 'integer', minimum: 1 },
    limit: { type: 'integer', minimum: 1, maximum: LIMITS.COMMAND_RUNS_PER_DEVICE_MAX, default: 20 },
  },
} as const;
