import { LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '../../core/ports.ts';
import { ConfigurationFields } from '../configuration-fields.ts';
import { isLinkLocal } from '../refuse-link-local.ts';
import { readTrustFields, requireTlsFor, type TrustFields } from '../trust-fields.ts';

export interface WebhookConfiguration extends TrustFields {
  readonly kind: 'webhook';
  /** http or https. What it answers with is never followed elsewhere. */
  readonly url: string;
  /** Sent with each request: what the receiver wants to be told, such as `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  /** `whsec_` and the base64 of 24 to 64 bytes: signs each request (Standard Webhooks). */
  readonly secret?: string;
  /** How CloudEvents travel: many in a request, one as JSON, or one as headers and its own body. */
  readonly mode: 'batched' | 'structured' | 'binary';
}

export const WEBHOOK_SECRET_FIELDS = ['headers.*', 'secret', 'privateKey'];

const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;
const SECRET_WORDS = `must be whsec_ and the base64 of ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes, as echo whsec_$(openssl rand -base64 32) makes`;
/** What this adapter says itself. */
const OWN_HEADERS = /^(content-|ce-|webhook-|iothub-|host$|connection$|transfer-encoding$|expect$|te$|upgrade$)/;

const URL_RULE = {
  max: LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX,
  pattern: /^https?:\/\//i,
  looks: 'https://… or http://…',
};
const SECRET = { max: LIMITS.ENDPOINT_SECRET_CHARACTERS_MAX };

/** @throws HubError argument.invalid */
export function readWebhookConfiguration(json: JsonObject): WebhookConfiguration {
  const fields = new ConfigurationFields(json);
  fields.choice('kind', ['webhook'], 'webhook');
  const url = readUrl(fields);
  const secret = fields.optionalText('secret', SECRET);
  if (secret !== undefined && signingKey(secret) === undefined) throw fields.refuse('secret', SECRET_WORDS);
  const configuration: WebhookConfiguration = {
    kind: 'webhook',
    url: url.href,
    headers: readHeaders(fields),
    ...(secret === undefined ? {} : { secret }),
    mode: fields.choice('mode', ['batched', 'structured', 'binary'], 'batched'),
    ...readTrustFields(fields),
  };
  requireTlsFor(fields, readTrustFields(fields), url.protocol === 'https:', 'the address begins with https://');
  fields.end();
  return configuration;
}

/** Undefined when the text is none. */
export function signingKey(secret: string): Buffer | undefined {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const isOne =
    /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret) && key.length >= SECRET_BYTES_MIN && key.length <= SECRET_BYTES_MAX;
  return isOne ? key : undefined;
}

function readUrl(fields: ConfigurationFields): URL {
  const text = fields.text('url', URL_RULE);
  if (!URL.canParse(text)) throw fields.refuse('url', `must be ${URL_RULE.looks}`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw fields.refuse('url', 'must hold no user name and password, for an address is shown: use headers');
  }
  if (isLinkLocal(url.hostname.replace(/^\[(.*)\]$/, '$1'))) {
    throw fields.refuse('url', 'must not be link-local: that is where clouds keep the credentials of machines');
  }
  return url;
}

function readHeaders(fields: ConfigurationFields): Readonly<Record<string, string>> {
  const headers = fields.textsByName('headers', LIMITS.WEBHOOK_HEADERS_MAX, HEADER);
  for (const name of Object.keys(headers)) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) throw fields.refuse(`headers.${name}`, 'is no name of a header');
    if (OWN_HEADERS.test(name.toLowerCase())) throw fields.refuse(`headers.${name}`, 'is set by the hub itself');
  }
  return headers;
}

const HEADER = { max: LIMITS.ENDPOINT_SECRET_CHARACTERS_MAX, pattern: /^[\t\x20-\x7e]+$/, looks: 'printable ASCII' };
