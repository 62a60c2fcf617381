import { LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '../../core/ports.ts';
import { ConfigurationFields } from '../configuration-fields.ts';
import { FILE_NAME_TOKENS, fileNameFault } from './file-name.ts';
import { readS3Destination, type S3Destination } from './s3-configuration.ts';

/** Files of messages. Where Azure's storage endpoints have a field, it has their name. */
export type StorageConfiguration = FilesConfiguration & (ContainerDestination | S3Destination);

interface FilesConfiguration {
  readonly kind: 'storage';
  readonly encoding: 'avro' | 'json';
  /** Every token of FILE_NAME_TOKENS once, in any order. */
  readonly fileNameFormat: string;
  /** A file is finished when its first message has waited so long, */
  readonly batchFrequencyInSeconds: number;
  /** or when it is so large, bytes. */
  readonly maxChunkSizeInBytes: number;
}

/** The hub's own blob store. */
interface ContainerDestination {
  readonly destination: 'container';
  /** Before the file's name, so that endpoints do not meet. */
  readonly folder: string;
}

/** What a file may be, by the hub's profile. */
export interface StorageBounds {
  readonly seconds: { readonly min: number; readonly max: number };
  readonly bytes: { readonly min: number; readonly max: number };
}

const FOLDER = { max: 64, pattern: /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/, looks: 'A-Z a-z 0-9 - . _' };
const FORMAT = { max: LIMITS.ENDPOINT_NAME_CHARACTERS_MAX };
const SECONDS_BY_DEFAULT = 300;
const BYTES_BY_DEFAULT = 100 * 1_048_576;

/** @throws HubError argument.invalid */
export function readStorageConfiguration(json: JsonObject, bounds: StorageBounds): StorageConfiguration {
  const fields = new ConfigurationFields(json);
  fields.choice('kind', ['storage'], 'storage');
  const fileNameFormat = fields.optionalText('fileNameFormat', FORMAT) ?? FILE_NAME_TOKENS.join('/');
  const fault = fileNameFault(fileNameFormat);
  if (fault !== undefined) throw fields.refuse('fileNameFormat', fault);
  const configuration: StorageConfiguration = {
    kind: 'storage',
    ...readDestination(fields),
    encoding: fields.choice('encoding', ['avro', 'json'], 'avro'),
    fileNameFormat,
    batchFrequencyInSeconds: fields.wholeNumber('batchFrequencyInSeconds', bounds.seconds, SECONDS_BY_DEFAULT),
    maxChunkSizeInBytes: fields.wholeNumber('maxChunkSizeInBytes', bounds.bytes, BYTES_BY_DEFAULT),
  };
  fields.end();
  return configuration;
}

function readDestination(fields: ConfigurationFields): ContainerDestination | S3Destination {
  const destination = fields.choice('destination', ['container', 's3'], 'container');
  if (destination === 's3') return readS3Destination(fields);
  return { destination, folder: fields.optionalText('folder', FOLDER) ?? 'messages' };
}

/** `strict` has Azure's bounds, `relaxed` wider ones. A file must fit in a blob. */
export const STORAGE_BOUNDS: Readonly<Record<'relaxed' | 'strict', StorageBounds>> = {
  relaxed: {
    seconds: { min: 1, max: LIMITS.STORAGE_BATCH_SECONDS_MAX },
    bytes: { min: 1_024, max: LIMITS.STORAGE_FILE_BYTES_MAX },
  },
  strict: {
    seconds: { min: LIMITS.STORAGE_BATCH_SECONDS_STRICT_MIN, max: LIMITS.STORAGE_BATCH_SECONDS_MAX },
    bytes: { min: LIMITS.STORAGE_FILE_BYTES_STRICT_MIN, max: LIMITS.STORAGE_FILE_BYTES_MAX },
  },
};
