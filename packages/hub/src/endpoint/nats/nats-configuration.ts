import { LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '../../core/ports.ts';
import { AddressTemplate, unknownPlaceholder } from '../address-template.ts';
import { ConfigurationFields } from '../configuration-fields.ts';
import { readTrustFields, requireTlsFor, type TrustFields } from '../trust-fields.ts';

/** A subject of a NATS server, or a stream of JetStream that listens to it. */
export interface NatsConfiguration extends TrustFields {
  readonly kind: 'nats';
  /** `nats://host:4222`, or `tls://host:4222`: all of one sort. */
  readonly servers: readonly string[];
  /** With `{deviceId}` and `{source}`. */
  readonly subject: string;
  /** Wait until a stream has stored each message. Otherwise whoever listens hears it, and nobody else ever will. */
  readonly jetStream: boolean;
  readonly credentials: NatsCredentials;
}

export type NatsCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'password'; readonly userName: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'nkey'; readonly seed: string }
  /** What a `.creds` file holds: a JWT and its seed. */
  | { readonly kind: 'file'; readonly file: string };

export const NATS_SECRET_FIELDS = [
  'credentials.password',
  'credentials.token',
  'credentials.seed',
  'credentials.file',
  'privateKey',
] as const;

const SERVER = {
  max: LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX,
  pattern: /^(?:nats|tls):\/\/(?:\[[0-9a-f:.]+\]|[^\s:/@,[\]]+)(?::\d{1,5})?$/i,
  looks: 'nats://host:port or tls://host:port; user name and password have fields of their own',
};
const SUBJECT = {
  max: LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX,
  pattern: /^[^\s.*>$][^\s.*>]*(?:\.[^\s.*>]+)*$/,
  looks: 'tokens joined by ".", without spaces, "*" and ">", and not beginning with "$"',
};
const NAME = { max: LIMITS.ENDPOINT_NAME_CHARACTERS_MAX };
const SECRET = { max: LIMITS.ENDPOINT_SECRET_CHARACTERS_MAX };

/** @throws HubError argument.invalid */
export function readNatsConfiguration(json: JsonObject): NatsConfiguration {
  const fields = new ConfigurationFields(json);
  fields.choice('kind', ['nats'], 'nats');
  const servers = fields.texts('servers', LIMITS.ENDPOINT_BROKERS_MAX, SERVER);
  const tls = usesTls(servers[0] as string);
  if (servers.some((server) => usesTls(server) !== tls))
    throw fields.refuse('servers', 'must all begin with tls:// or none of them');
  const trust = readTrustFields(fields);
  requireTlsFor(fields, trust, tls, 'the servers begin with tls://');
  const subject = fields.text('subject', SUBJECT);
  const unknown = unknownPlaceholder(subject);
  if (unknown !== undefined) throw fields.refuse('subject', `has ${unknown}; there are {deviceId} and {source}`);
  const configuration: NatsConfiguration = {
    kind: 'nats',
    servers,
    subject,
    jetStream: fields.flag('jetStream', true),
    credentials: readCredentials(fields.fields('credentials')),
    ...trust,
  };
  fields.end();
  return configuration;
}

function readCredentials(fields: ConfigurationFields | undefined): NatsCredentials {
  if (fields === undefined) return { kind: 'none' };
  const kind = fields.choice('kind', ['none', 'password', 'token', 'nkey', 'file'] as const);
  const credentials = readCredentialsOf(kind, fields);
  fields.end();
  return credentials;
}

function readCredentialsOf(kind: NatsCredentials['kind'], fields: ConfigurationFields): NatsCredentials {
  switch (kind) {
    case 'none':
      return { kind };
    case 'password':
      return { kind, userName: fields.text('userName', NAME), password: fields.text('password', SECRET) };
    case 'token':
      return { kind, token: fields.text('token', SECRET) };
    case 'nkey':
      return {
        kind,
        seed: fields.text('seed', { ...SECRET, pattern: /^SU[A-Z2-7]{56}$/, looks: 'the seed of a user: SU…' }),
      };
    case 'file':
      return {
        kind,
        file: fields.text('file', { ...SECRET, pattern: CREDS_FILE, looks: 'the text of a .creds file' }),
      };
    default:
      return kind satisfies never;
  }
}

const CREDS_FILE = /BEGIN NATS USER JWT[\s\S]+BEGIN USER NKEY SEED/;

export function usesTls(server: string): boolean {
  return /^tls:/i.test(server);
}

/** What would separate tokens, match several, or reach the system's own subjects: escaped in what is filled in. */
export function natsSubject(configuration: NatsConfiguration): AddressTemplate {
  return new AddressTemplate(configuration.subject, /[\s.*>$%\p{Cc}]/gu);
}
