import { randomUUID } from 'node:crypto';
import type { Authenticator, NatsConnection, TlsOptions } from '@nats-io/transport-node';
import { LIMITS } from '@viaduct/contracts';
import { stopped } from '../in-time.ts';
import { tlsOptions } from '../trust-fields.ts';
import { type NatsConfiguration, type NatsCredentials, usesTls } from './nats-configuration.ts';
import { natsFailure } from './nats-failure.ts';

/**
 * A connection to the first server that takes us. One after the other, and not by the client's own list: each failure names its server, and a
 * server known by its address has its certificate checked against that address.
 *
 * @throws EndpointFailure  of the last server
 */
export async function connectNats(configuration: NatsConfiguration, signal: AbortSignal): Promise<NatsConnection> {
  // Loaded when the first endpoint of its kind is: most hubs have none.
  const client = await import('@nats-io/transport-node');
  const authenticator = authenticatorOf(configuration.credentials, client);
  let failure = stopped('connecting');
  for (const server of configuration.servers) {
    if (signal.aborted) break;
    try {
      return await client.connect({
        servers: server.replace(/^\w+:\/\//, ''),
        name: `viaduct-${randomUUID()}`,
        reconnect: false,
        ignoreClusterUpdates: true,
        noAsyncTraces: true,
        timeout: LIMITS.ENDPOINT_CONNECT_SECONDS_MAX * 1_000,
        ...(authenticator === undefined ? {} : { authenticator }),
        ...(usesTls(server) ? { tls: { ...tlsOptions(configuration), host: hostOf(server) } as TlsOptions } : {}),
      });
    } catch (error) {
      failure = natsFailure(server, error);
    }
  }
  throw failure;
}

function authenticatorOf(
  credentials: NatsCredentials,
  client: typeof import('@nats-io/transport-node'),
): Authenticator | undefined {
  const bytes = (text: string) => new TextEncoder().encode(text);
  switch (credentials.kind) {
    case 'none':
      return undefined;
    case 'password':
      return client.usernamePasswordAuthenticator(credentials.userName, credentials.password);
    case 'token':
      return client.tokenAuthenticator(credentials.token);
    case 'nkey':
      return client.nkeyAuthenticator(bytes(credentials.seed));
    case 'file':
      return client.credsAuthenticator(bytes(credentials.file));
    default:
      return credentials satisfies never;
  }
}

function hostOf(server: string): string {
  return server
    .replace(/^\w+:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '');
}
