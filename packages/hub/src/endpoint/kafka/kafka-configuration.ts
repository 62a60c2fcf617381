import { LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '../../core/ports.ts';
import { ConfigurationFields } from '../configuration-fields.ts';
import { readTrustFields, requireTlsFor, type TrustFields } from '../trust-fields.ts';

/** A topic of a Kafka cluster, or of what speaks its protocol (Redpanda, Event Hubs, …). */
export interface KafkaConfiguration extends TrustFields {
  readonly kind: 'kafka';
  /** `host:port` of some brokers; they name the others. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly tls: boolean;
  readonly sasl?: KafkaSasl;
  readonly compression: KafkaCompression;
}

interface KafkaSasl {
  readonly mechanism: (typeof MECHANISMS)[number];
  readonly userName: string;
  readonly password: string;
}

type KafkaCompression = (typeof COMPRESSIONS)[number];

export const KAFKA_SECRET_FIELDS = ['sasl.password', 'privateKey'] as const;

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
/** Those that Node brings. */
const COMPRESSIONS = ['none', 'gzip'] as const;
const BROKER = {
  max: LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX,
  pattern: /^(?:\[[0-9a-f:.]+\]|[^\s:/@,[\]]+):\d{1,5}$/i,
  looks: 'host:port',
};
/** Kafka's own rule; two of the names that it allows are not names of topics. */
const TOPIC = { max: 249, pattern: /^(?!\.{1,2}$)[\w.-]+$/, looks: 'made of letters, digits, ".", "_" and "-"' };

/** @throws HubError argument.invalid */
export function readKafkaConfiguration(json: JsonObject): KafkaConfiguration {
  const fields = new ConfigurationFields(json);
  fields.choice('kind', ['kafka'], 'kafka');
  const trust = readTrustFields(fields);
  const tls = fields.flag('tls', Object.keys(trust).length > 0);
  requireTlsFor(fields, trust, tls, '"tls" is true');
  const sasl = readSasl(fields.fields('sasl'));
  const configuration: KafkaConfiguration = {
    kind: 'kafka',
    brokers: fields.texts('brokers', LIMITS.ENDPOINT_BROKERS_MAX, BROKER),
    topic: fields.text('topic', TOPIC),
    tls,
    ...(sasl === undefined ? {} : { sasl }),
    compression: fields.choice('compression', COMPRESSIONS, 'none'),
    ...trust,
  };
  fields.end();
  return configuration;
}

function readSasl(fields: ConfigurationFields | undefined): KafkaSasl | undefined {
  if (fields === undefined) return undefined;
  const sasl = {
    mechanism: fields.choice('mechanism', MECHANISMS),
    userName: fields.text('userName', { max: LIMITS.ENDPOINT_NAME_CHARACTERS_MAX }),
    password: fields.text('password', { max: LIMITS.ENDPOINT_SECRET_CHARACTERS_MAX }),
  };
  fields.end();
  return sasl;
}
