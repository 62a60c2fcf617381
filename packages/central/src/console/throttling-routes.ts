import type { ThrottlingRow } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import type { ConsoleParts } from './console-parts.ts';
import { IDENTITY_PATHS, type OfIdentity } from './identity-paths.ts';

/** What throttling did to a device or module; nothing where nothing is limited. */
export function throttlingRoutes(app: FastifyInstance, { hub }: ConsoleParts): void {
  for (const path of IDENTITY_PATHS) {
    app.get<OfIdentity>(`${path}/throttling`, async ({ params }): Promise<readonly ThrottlingRow[]> => {
      const states = hub.throttle?.stateOf(params) ?? [];
      return states.map(({ lastTime, ...state }) => ({ ...state, lastAt: new Date(lastTime).toISOString() }));
    });
  }
}
