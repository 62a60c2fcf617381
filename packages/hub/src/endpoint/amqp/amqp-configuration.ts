import { HubError, LIMITS, parseConnectionString } from '@viaduct/contracts';
import type { JsonObject } from '../../core/ports.ts';
import { ConfigurationFields } from '../configuration-fields.ts';
import { readTrustFields, requireTlsFor, type TrustFields } from '../trust-fields.ts';

/** An AMQP 1.0 broker: RabbitMQ, Artemis, ActiveMQ, Qpid, … */
export interface AmqpBrokerConfiguration extends TrustFields {
  readonly kind: 'amqp';
  readonly form: 'broker';
  /** `amqp://host:5672` or `amqps://host:5671`; a name and password in it are moved to their own fields. */
  readonly url: string;
  /** Of the queue or exchange, as the broker writes it: `/amq/queue/telemetry` for RabbitMQ, `telemetry` for Artemis. */
  readonly address: string;
  readonly saslMechanism: 'PLAIN' | 'ANONYMOUS' | 'EXTERNAL';
  readonly userName?: string;
  readonly password?: string;
  /** What the broker is asked for when it serves several: `vhost:production` for RabbitMQ. The host's name when absent. */
  readonly virtualHost?: string;
}

/** Azure Event Hubs or Service Bus, or what is compatible with them: a token over CBS instead of a password. */
interface AmqpNamespaceConfiguration extends TrustFields {
  readonly kind: 'amqp';
  readonly form: 'namespace';
  /** With SharedAccessKeyName, SharedAccessKey and EntityPath. */
  readonly connectionString: string;
}

export type AmqpConfiguration = AmqpBrokerConfiguration | AmqpNamespaceConfiguration;

export const AMQP_SECRET_FIELDS = ['password', 'privateKey', 'connectionString'] as const;

const MECHANISMS = ['PLAIN', 'ANONYMOUS', 'EXTERNAL'] as const;
const NAME = { max: LIMITS.ENDPOINT_NAME_CHARACTERS_MAX };
const ADDRESS = { max: LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX };
const URL_RULE = {
  ...ADDRESS,
  pattern: /^amqps?:\/\/[^/?#]+\/?$/,
  looks: 'amqp://host:port or amqps://host:port',
};
const SECRET = { max: LIMITS.ENDPOINT_SECRET_CHARACTERS_MAX };

/** @throws HubError argument.invalid */
export function readAmqpConfiguration(json: JsonObject): AmqpConfiguration {
  const fields = new ConfigurationFields(json);
  fields.choice('kind', ['amqp'], 'amqp');
  const form = fields.choice('form', ['broker', 'namespace'], json.connectionString == null ? 'broker' : 'namespace');
  const configuration = form === 'broker' ? readBroker(fields) : readNamespace(fields);
  fields.end();
  return configuration;
}

function readBroker(fields: ConfigurationFields): AmqpBrokerConfiguration {
  const { url, userName: nameInUrl, password: passwordInUrl } = fields.url('url', URL_RULE);
  const trust = readTrustFields(fields);
  requireTlsFor(fields, trust, url.startsWith('amqps:'), 'the URL begins with amqps://');
  const userName = fields.optionalText('userName', NAME) ?? nameInUrl;
  const password = fields.optionalText('password', SECRET) ?? passwordInUrl;
  const saslMechanism = fields.choice('saslMechanism', MECHANISMS, userName === undefined ? 'ANONYMOUS' : 'PLAIN');
  const virtualHost = fields.optionalText('virtualHost', NAME);
  if (saslMechanism === 'PLAIN' && userName === undefined)
    throw fields.refuse('userName', 'is missing: PLAIN needs it');
  if (saslMechanism === 'PLAIN' && password === undefined)
    throw fields.refuse('password', 'is missing: PLAIN needs it');
  if (saslMechanism === 'EXTERNAL' && trust.certificate === undefined)
    throw fields.refuse('certificate', 'is missing: EXTERNAL needs it and its key');
  return {
    kind: 'amqp',
    form: 'broker',
    url,
    address: fields.text('address', ADDRESS),
    saslMechanism,
    ...(userName === undefined ? {} : { userName }),
    ...(password === undefined ? {} : { password }),
    ...(virtualHost === undefined ? {} : { virtualHost }),
    ...trust,
  };
}

function readNamespace(fields: ConfigurationFields): AmqpNamespaceConfiguration {
  const connectionString = fields.text('connectionString', SECRET);
  const trust = readTrustFields(fields);
  try {
    parseNamespace(connectionString);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    throw fields.refuse('connectionString', `cannot be used: ${error.message}`);
  }
  return { kind: 'amqp', form: 'namespace', connectionString, ...trust };
}

/** What a connection string says. */
export interface Namespace {
  readonly host: string;
  readonly port: number;
  readonly policy: string;
  readonly key: string;
  readonly entityPath: string;
}

/** @throws HubError argument.invalid; never quotes the key */
export function parseNamespace(connectionString: string): Namespace {
  const parts = parseConnectionString(connectionString);
  const part = (name: string) => {
    const value = parts[name];
    if (value === undefined || value === '') throw new HubError('argument.invalid', `it has no ${name}`);
    return value;
  };
  const endpoint = /^(?:sb|amqps):\/\/([^/:]+)(?::(\d{1,5}))?\/?$/i.exec(part('Endpoint'));
  if (endpoint === null) throw new HubError('argument.invalid', 'its Endpoint is not sb://host/');
  return {
    host: endpoint[1] as string,
    port: Number(endpoint[2] ?? AMQPS_PORT),
    policy: part('SharedAccessKeyName'),
    key: part('SharedAccessKey'),
    entityPath: part('EntityPath'),
  };
}

export const AMQPS_PORT = 5671;
export const AMQP_PORT = 5672;
