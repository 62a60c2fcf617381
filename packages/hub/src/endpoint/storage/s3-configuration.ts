import { isIPv4 } from 'node:net';
import { LIMITS } from '@viaduct/contracts';
import type { ConfigurationFields } from '../configuration-fields.ts';
import { isLinkLocal } from '../refuse-link-local.ts';
import { readTrustFields, requireTlsFor, type TrustFields } from '../trust-fields.ts';

/** A bucket of a service that speaks the S3 protocol. */
export interface S3Destination extends TrustFields {
  readonly destination: 's3';
  /** Scheme, host and port. */
  readonly endpoint: string;
  /** That the endpoint is http and not on this machine is what the operator wants. */
  readonly allowHttp: boolean;
  readonly region: string;
  readonly bucket: string;
  /** Before the files' names; without slashes at its ends. */
  readonly prefix?: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The bucket in the path and not in the host name. */
  readonly forcePathStyle: boolean;
}

export const S3_SECRET_FIELDS = ['secretAccessKey', 'privateKey'];

const ENDPOINT = {
  max: LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX,
  pattern: /^https?:\/\/[^/?#@\s]+\/?$/i,
  looks: 'https://host or https://host:port',
};
const REGION = { max: 64, pattern: /^[a-z0-9-]+$/, looks: 'such as us-east-1: a-z 0-9 -' };
/** Source: Amazon S3, "General purpose bucket naming rules". */
const BUCKET = {
  max: 63,
  pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  looks: '3 to 63 of a-z 0-9 - . with a letter or digit at both ends',
};
const PREFIX = {
  max: LIMITS.ENDPOINT_NAME_CHARACTERS_MAX,
  pattern: /^(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)*$/,
  looks: 'names of A-Z a-z 0-9 - . _ joined by /',
};
const ACCESS_KEY_ID = { max: LIMITS.ENDPOINT_NAME_CHARACTERS_MAX, pattern: /^[\w+=.@-]+$/, looks: 'an access key id' };
const SECRET = { max: LIMITS.ENDPOINT_SECRET_CHARACTERS_MAX };

/** @throws HubError argument.invalid */
export function readS3Destination(fields: ConfigurationFields): S3Destination {
  const { url } = fields.url('endpoint', ENDPOINT);
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = protocol === 'https:';
  const allowHttp = fields.flag('allowHttp', false);
  if (!isTls && !allowHttp && !isLoopback(host))
    throw fields.refuse('endpoint', 'is http: everybody on the way reads the messages; use https, or set "allowHttp"');
  if (isLinkLocal(host))
    throw fields.refuse('endpoint', 'must not be link-local: that is where clouds keep the credentials of machines');
  const prefix = fields.optionalText('prefix', PREFIX);
  const trust = readTrustFields(fields);
  requireTlsFor(fields, trust, isTls, 'the endpoint begins with https://');
  return {
    destination: 's3',
    endpoint: url,
    allowHttp,
    region: fields.optionalText('region', REGION) ?? 'us-east-1',
    bucket: fields.text('bucket', BUCKET),
    ...(prefix === undefined ? {} : { prefix }),
    accessKeyId: fields.text('accessKeyId', ACCESS_KEY_ID),
    secretAccessKey: fields.text('secretAccessKey', SECRET),
    forcePathStyle: fields.flag('forcePathStyle', true),
    ...trust,
  };
}

export function s3Address({ endpoint, bucket, prefix }: S3Destination): string {
  return `s3://${bucket}${prefix === undefined ? '' : `/${prefix}`} at ${endpoint}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
