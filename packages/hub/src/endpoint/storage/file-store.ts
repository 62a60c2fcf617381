import type { EndpointFailure } from '../../core/routing/endpoint.ts';

export interface NewFile {
  readonly name: string;
  readonly contentType: string;
  /** Of the message it begins with. */
  readonly firstOffset: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Where files of messages go. There they are whole or not at all. */
export interface FileStore {
  /** The name of the file that begins with this message, so that writing it once more replaces it and no other file. */
  name(base: string, firstOffset: number, extension: string): Promise<string>;
  /**
   * Resolves when the file is durable, and others see it. Nobody sees it when the content fails or the signal is given.
   * In memory there is only what has not been taken yet.
   */
  put(file: NewFile, signal: AbortSignal): Promise<void>;
  /** What went wrong, in words. */
  failure(error: unknown): EndpointFailure;
  close(): Promise<void>;
}
