import { LIMITS } from '@viaduct/contracts';
import { type EndpointAdapter, EndpointFailure } from '../../core/routing/endpoint.ts';
import { inTime } from '../in-time.ts';
import {
  AMQP_PORT,
  AMQP_SECRET_FIELDS,
  AMQPS_PORT,
  type AmqpBrokerConfiguration,
  type AmqpConfiguration,
  parseNamespace,
  readAmqpConfiguration,
} from './amqp-configuration.ts';
import { AmqpConnection } from './amqp-connection.ts';
import { type AmqpPeer, AmqpSocket } from './amqp-socket.ts';
import { CbsLink } from './cbs-link.ts';
import { requireQueue } from './require-queue.ts';

/** AMQP 1.0: a broker by user name or certificate, Event Hubs and Service Bus by connection string. */
export const AMQP_ENDPOINT: EndpointAdapter<AmqpConfiguration> = {
  kind: 'amqp',
  secretFields: AMQP_SECRET_FIELDS,
  read: readAmqpConfiguration,
  address: amqpAddress,
  open: async (configuration, signal) => {
    const socket = new AmqpSocket(amqpPeer(configuration));
    const what = `connecting to ${amqpAddress(configuration)}`;
    try {
      const seconds = LIMITS.ENDPOINT_CONNECT_SECONDS_MAX;
      return await inTime(openLink(socket, configuration, signal), { seconds, signal, what });
    } catch (error) {
      socket.end(new EndpointFailure('transient', `${what} failed`, { cause: error }));
      throw error;
    }
  },
};

async function openLink(socket: AmqpSocket, configuration: AmqpConfiguration, signal: AbortSignal) {
  const name = amqpAddress(configuration);
  await socket.open();
  if (configuration.form === 'broker') {
    await requireQueue(socket, configuration.address);
    return AmqpConnection.attach(socket, { address: configuration.address, name, form: 'broker' });
  }
  const namespace = parseNamespace(configuration.connectionString);
  await new CbsLink(socket, namespace).authorize(signal);
  return AmqpConnection.attach(socket, { address: namespace.entityPath, name, form: 'namespace' });
}

function amqpAddress(configuration: AmqpConfiguration): string {
  if (configuration.form === 'broker') return `${configuration.address} at ${new URL(configuration.url).host}`;
  const { host, entityPath } = parseNamespace(configuration.connectionString);
  return `${entityPath} at ${host}`;
}

function amqpPeer(configuration: AmqpConfiguration): AmqpPeer {
  if (configuration.form === 'broker') return brokerPeer(configuration);
  const { host, port } = parseNamespace(configuration.connectionString);
  return { host, port, tls: true, trust: configuration, sasl: { mechanism: 'ANONYMOUS' } };
}

function brokerPeer(configuration: AmqpBrokerConfiguration): AmqpPeer {
  const { url, saslMechanism, userName = '', password = '', virtualHost } = configuration;
  const { protocol, hostname, port } = new URL(url);
  const tls = protocol === 'amqps:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (tls ? AMQPS_PORT : AMQP_PORT) : Number(port),
    tls,
    trust: configuration,
    sasl: saslMechanism === 'PLAIN' ? { mechanism: 'PLAIN', userName, password } : { mechanism: saslMechanism },
    ...(virtualHost === undefined ? {} : { virtualHost }),
  };
}
