import { type ConnectionHistory, LIMITS } from '@viaduct/contracts';
import { describeConnection, getDevice, listConnections } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import type { ConsoleParts } from './console-parts.ts';
import { IDENTITY_PATHS, type OfIdentity } from './identity-paths.ts';

/** When a device or module was here, and why it left. */
export function connectionRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  for (const path of IDENTITY_PATHS) {
    app.get<OfIdentity>(`${path}/connections`, async ({ params }): Promise<ConnectionHistory> => {
      await getDevice(parts.hub, params);
      const stays = (await listConnections(parts.hub, params)).map(describeConnection);
      // A full list has forgotten what was before its oldest; a shorter one is all there ever was.
      const isCut = stays.length >= LIMITS.CONNECTIONS_PER_DEVICE_MAX;
      return { stays, knownSince: isCut ? (stays.at(-1)?.connectedAt ?? null) : null };
    });
  }
}
