import { type Connectivity, HubError, LIMITS } from '@viaduct/contracts';
import { getDevice } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { readConnectivity } from '../history/connectivity.ts';
import type { ConsoleParts } from './console-parts.ts';
import { IDENTITY_PATHS, type OfIdentity } from './identity-paths.ts';

interface OfDays extends OfIdentity {
  Querystring: { days?: string };
}

/** How long a device or module was here on each day: the stays themselves are told by the connection routes. */
export function connectivityRoutes(app: FastifyInstance, { hub, history }: ConsoleParts): void {
  for (const path of IDENTITY_PATHS) {
    app.get<OfDays>(`${path}/connectivity`, async ({ params, query }): Promise<Connectivity> => {
      const days = Number(query.days ?? '7');
      if (!Number.isInteger(days) || days < 1 || days > LIMITS.CONNECTIVITY_DAYS_MAX) {
        throw new HubError('argument.invalid', `days is a whole number from 1 to ${LIMITS.CONNECTIVITY_DAYS_MAX}`);
      }
      return readConnectivity(history, await getDevice(hub, params), { days, now: hub.clock.now() });
    });
  }
}
