import { HubError, isDtmi, type Overview } from '@viaduct/contracts';
import { countDevices } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { connectedDevices } from '../live/tick-source.ts';
import { messageRate } from '../telemetry/message-rate.ts';
import type { ConsoleParts } from './console-parts.ts';

/** The hub as a whole: overview, what a device needs to connect, models. */
export function hubRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.get('/overview', (): Promise<Overview> => overview(parts));

  app.get('/connection', async () => parts.connectionInfo());

  // Open: the root certificate is public, and a device is set up by people who have no account here.
  app.get('/ca.pem', { config: { open: true } }, async (_request, reply) =>
    reply
      .type('application/x-pem-file')
      .header('content-disposition', 'attachment; filename="viaduct-root-ca.pem"')
      .send(parts.connectionInfo().caPem),
  );

  app.get<{ Params: { dtmi: string } }>('/models/:dtmi', async ({ params }) => {
    if (!isDtmi(params.dtmi)) throw new HubError('argument.invalid', 'this is not a digital twin model identifier');
    return parts.models.getDocument(params.dtmi);
  });
}

async function overview(parts: ConsoleParts): Promise<Overview> {
  const state = parts.hub.log.state();
  return {
    devices: await countDevices(parts.hub),
    connected: connectedDevices(parts.hub),
    messagesPerSecond: await messageRate(parts.hub),
    log: { available: state.kind === 'available', reason: state.kind === 'available' ? null : state.reason },
    version: parts.version,
    thisMachine: parts.thisMachine(),
  };
}
