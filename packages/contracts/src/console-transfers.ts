/** Where the file of an import is put before it begins: `PUT {path}/{name}?{signature}` with the header `x-ms-blob-type: BlockBlob`. */
export interface TransferContainer {
  readonly path: string;
  readonly signature: string;
}

/** The registry as a file. An import reads a file that was put there; an export makes one. */
export type NewTransfer =
  | { readonly type: 'import'; readonly file: string }
  /** Without keys, devices cannot be moved elsewhere with it, and nobody who finds it can speak for them. */
  | { readonly type: 'export'; readonly excludeKeys: boolean };
