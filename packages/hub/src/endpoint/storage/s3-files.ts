import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { S3Client } from '@aws-sdk/client-s3';
import { LIMITS } from '@viaduct/contracts';
import type { EndpointFailure } from '../../core/routing/endpoint.ts';
import { lookupElsewhere } from '../refuse-link-local.ts';
import { tlsOptions } from '../trust-fields.ts';
import type { FileStore, NewFile } from './file-store.ts';
import { type S3Destination, s3Address } from './s3-configuration.ts';
import { s3Failure } from './s3-failure.ts';
import { uploadToS3 } from './s3-upload.ts';

/** Of one request. One that failed on the way need not cost a whole file; more patience is the worker's. */
const TRIES = 2;
/** An object that nobody makes. */
const NOBODYS = 'viaduct-asks-whether-its-key-is-known';
/** Whoever may only write hears either of these about an object that is not there. */
const KNOWN_BY = new Set(['NoSuchKey', 'NotFound', 'AccessDenied']);

/**
 * Asks for an object that is not there: so a wrong key or bucket is found out now, and not when the first file is due.
 *
 * @throws EndpointFailure
 */
export async function openS3Files(destination: S3Destination, signal: AbortSignal): Promise<FileStore> {
  const files = new S3Files(destination, await makeClient(destination));
  try {
    await files.ask(signal);
    return files;
  } catch (error) {
    await files.close();
    throw files.failure(error);
  }
}

/** A bucket. An object appears when its upload is complete: whole, or not at all. */
class S3Files implements FileStore {
  readonly #destination: S3Destination;
  readonly #client: S3Client;

  constructor(destination: S3Destination, client: S3Client) {
    this.#destination = destination;
    this.#client = client;
  }

  async ask(abortSignal: AbortSignal): Promise<void> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const command = new GetObjectCommand({ Bucket: this.#destination.bucket, Key: this.#key(NOBODYS) });
    try {
      await this.#client.send(command, { abortSignal });
    } catch (error) {
      if (!KNOWN_BY.has((error as Error).name)) throw error;
    }
  }

  /** Always with the offset: the key need not be allowed to look at what is there, and nobody comes between looking and writing. */
  async name(base: string, firstOffset: number, extension: string): Promise<string> {
    return this.#key(`${base}-${firstOffset}.${extension}`);
  }

  async put({ name, contentType, firstOffset, content }: NewFile, signal: AbortSignal): Promise<void> {
    const object = {
      Bucket: this.#destination.bucket,
      Key: name,
      ContentType: contentType,
      Metadata: { firstoffset: String(firstOffset) },
    };
    await uploadToS3(this.#client, object, content, signal);
  }

  failure(error: unknown): EndpointFailure {
    return s3Failure(s3Address(this.#destination), error, LIMITS.S3_ANSWER_SECONDS_MAX);
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #key(name: string): string {
    const { prefix } = this.#destination;
    return prefix === undefined ? name : `${prefix}/${name}`;
  }
}

/**
 * The library is loaded when the first endpoint that needs it is: most hubs have none. All that it would look for in the environment
 * and in files of a home directory is said here.
 */
async function makeClient(destination: S3Destination): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { endpoint, region, forcePathStyle, accessKeyId, secretAccessKey } = destination;
  const agentOptions = { keepAlive: true, lookup: lookupElsewhere };
  return new S3Client({
    ...{ endpoint, region, forcePathStyle },
    credentials: { accessKeyId, secretAccessKey },
    ...{ maxAttempts: TRIES, retryMode: 'standard', defaultsMode: 'standard' },
    ...{ useDualstackEndpoint: false, useFipsEndpoint: false, useArnRegion: false, userAgentAppId: 'viaduct' },
    // What a signature covers is whole; services other than Amazon's refuse the newer sums.
    ...{ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' },
    // With agents of our own the client does not wait for leave to send a body, so it need not ask for it.
    expectContinueHeader: false,
    requestHandler: {
      httpAgent: new HttpAgent(agentOptions),
      httpsAgent: new HttpsAgent({ ...agentOptions, ...tlsOptions(destination) }),
      connectionTimeout: LIMITS.ENDPOINT_CONNECT_SECONDS_MAX * 1_000,
      requestTimeout: LIMITS.S3_ANSWER_SECONDS_MAX * 1_000,
      throwOnRequestTimeout: true,
    },
  });
}
