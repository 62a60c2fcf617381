/** A container of blobs that somebody opened to us with a signature. */
export interface Container {
  /** @throws HubError container.invalid: there is no such blob, or the signature does not permit it */
  read(
    blobName: string,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: number; readonly chunks: AsyncIterable<Uint8Array> }>;
  /** Replaces what is there, once the last chunk has come. @throws HubError container.invalid, and what `chunks` throws */
  write(blobName: string, chunks: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void>;
}

/** Containers of other storage services. */
export interface OpensContainers {
  /** `uri` is https and carries its signature. */
  readonly openRemoteContainer: (uri: URL) => Container;
}
