import { once } from 'node:events';
import { createServer, type TLSSocket } from 'node:tls';
import type { Hub } from '../../core/hub.ts';
import type { RefusalRecord } from '../../core/ports.ts';
import { AmqpGateway } from './amqp-gateway.ts';

/** A gateway behind a TLS listener, for tests. */
export interface AmqpTestServer {
  readonly hub: Hub;
  /** For Event Hubs clients, and for IoT service clients. */
  readonly eventHubsConnectionString: string;
  readonly hubConnectionString: string;
  readonly faults: readonly unknown[];
  readonly refusals: readonly RefusalRecord[];
  /** Cuts every connection, as a network does. */
  cutConnections(): void;
  close(): Promise<void>;
}

export interface AmqpTestServerOptions {
  readonly hub: Hub;
  readonly address: string;
  readonly certificate: { readonly certificate: string; readonly key: string };
}

const EVENT_HUB = 'test-hub';
const POLICY_KEY = Buffer.from('a key of thirty-two bytes, indeed').toString('base64');

export async function startAmqpTestServer(options: AmqpTestServerOptions): Promise<AmqpTestServer> {
  const { hub, address, certificate } = options;
  await hub.policies.insertMissing([
    { name: 'service', primaryKey: POLICY_KEY, secondaryKey: '', rights: new Set(['ServiceConnect'] as const) },
    { name: 'device', primaryKey: POLICY_KEY, secondaryKey: '', rights: new Set(['DeviceConnect'] as const) },
  ]);
  const [faults, refusals, sockets] = [[] as unknown[], [] as RefusalRecord[], new Set<TLSSocket>()];
  hub.refusals.onRefusal((refusal) => refusals.push(refusal));
  const gateway = new AmqpGateway(hub, { eventHubName: EVENT_HUB, onFault: (fault) => faults.push(fault) });
  const { certificate: cert, key: certKey } = certificate;
  const server = createServer({ cert, key: certKey, requestCert: true, rejectUnauthorized: false }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    gateway.accept(socket, 'amqp', socket.remoteAddress ?? '');
  });
  server.listen(5671, address);
  await once(server, 'listening');
  const key = `SharedAccessKeyName=service;SharedAccessKey=${POLICY_KEY}`;
  return {
    hub,
    eventHubsConnectionString: `Endpoint=sb://${address}/;${key};EntityPath=${EVENT_HUB}`,
    hubConnectionString: `HostName=${address};${key}`,
    faults,
    refusals,
    cutConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      await gateway.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
