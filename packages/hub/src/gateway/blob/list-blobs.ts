import { HubError, LIMITS } from '@viaduct/contracts';
import type { BlobRecord, KeepsBlobs } from '../../core/ports.ts';
import { writeXml } from './blob-xml.ts';

interface BlobPage {
  readonly blobs: readonly BlobRecord[];
  /** What names begin with up to the delimiter, once each. */
  readonly prefixes: readonly string[];
  /** Where the next page begins; undefined when this is the last. */
  readonly next: string | undefined;
}

/** List Blobs: XML. @throws HubError argument.invalid */
export async function listBlobs(hub: KeepsBlobs, container: string, query: URLSearchParams): Promise<string> {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const marker = query.get('marker') ?? '';
  const limit = maxResultsIn(query);
  const from = marker === '' ? undefined : readMarker(marker);
  const page = await pageOf(hub, { container, prefix, delimiter, from, limit });
  const withMetadata = (query.get('include') ?? '').split(',').includes('metadata');
  return writeXml({
    EnumerationResults: {
      '@ContainerName': container,
      ...(prefix === '' ? {} : { Prefix: prefix }),
      ...(marker === '' ? {} : { Marker: marker }),
      MaxResults: limit,
      ...(delimiter === '' ? {} : { Delimiter: delimiter }),
      Blobs: {
        BlobPrefix: page.prefixes.map((name) => ({ Name: nameElement(name) })),
        Blob: page.blobs.map((blob) => blobElement(blob, withMetadata)),
      },
      NextMarker: page.next === undefined ? '' : marker64(page.next),
    },
  });
}

interface PageQuery {
  readonly container: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly from: string | undefined;
  readonly limit: number;
}

/** Names that share a prefix up to the delimiter are one line; the rest of them is skipped, not read. */
async function pageOf(hub: KeepsBlobs, { container, prefix, delimiter, from, limit }: PageQuery): Promise<BlobPage> {
  const blobs: BlobRecord[] = [];
  const prefixes: string[] = [];
  let next: string | undefined = from;
  for (;;) {
    const wanted = limit - blobs.length - prefixes.length;
    const rows = await hub.blobs.list({
      ...{ container, prefix, limit: wanted + 1 },
      ...(next === undefined ? {} : { from: next }),
    });
    let jumped = false;
    for (const blob of rows) {
      if (blobs.length + prefixes.length === limit) return { blobs, prefixes, next: blob.name };
      const end = delimiter === '' ? -1 : blob.name.indexOf(delimiter, prefix.length);
      if (end < 0) {
        blobs.push(blob);
        continue;
      }
      const shared = blob.name.slice(0, end + delimiter.length);
      prefixes.push(shared);
      next = afterPrefix(shared);
      jumped = true;
      break;
    }
    if (!jumped) return { blobs, prefixes, next: undefined };
  }
}

/** The first name that can follow all that begin so. Names have no half surrogate pairs, so the last character can be raised. */
function afterPrefix(prefix: string): string {
  const characters = [...prefix];
  const last = characters.pop()?.codePointAt(0) ?? 0;
  if (last === 0x10ffff) return `${prefix}\u{10ffff}`;
  const raised = last + 1 === 0xd800 ? 0xe000 : last + 1;
  return characters.join('') + String.fromCodePoint(raised);
}

function blobElement(blob: BlobRecord, withMetadata: boolean): object {
  return {
    Name: nameElement(blob.name),
    Properties: {
      'Creation-Time': new Date(blob.createdTime).toUTCString(),
      'Last-Modified': new Date(blob.modifiedTime).toUTCString(),
      Etag: blob.etag,
      'Content-Length': blob.bytes,
      'Content-Type': blob.contentType ?? 'application/octet-stream',
      'Content-Encoding': blob.contentEncoding ?? '',
      'Content-Language': blob.contentLanguage ?? '',
      'Content-MD5': blob.contentMd5 ?? '',
      'Cache-Control': blob.cacheControl ?? '',
      'Content-Disposition': blob.contentDisposition ?? '',
      BlobType: 'BlockBlob',
      LeaseStatus: 'unlocked',
      LeaseState: 'available',
      ServerEncrypted: 'false',
    },
    ...(withMetadata ? { Metadata: blob.metadata } : {}),
  };
}

/** A name that XML cannot hold, or that a reader would trim, is percent-encoded and says so. */
function nameElement(name: string): object | string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the point
  if (!/[\u0000-\u001f\u007f\ufffe\uffff]|^\s|\s$/u.test(name)) return name;
  return { '@Encoded': 'true', '#text': encodeURIComponent(name) };
}

function maxResultsIn(query: URLSearchParams): number {
  const given = query.get('maxresults');
  if (given === null || given === '') return LIMITS.BLOB_PAGE_MAX;
  const count = Number(given);
  if (!Number.isInteger(count) || count < 1)
    throw new HubError('argument.invalid', 'maxresults is a whole number from 1');
  return Math.min(count, LIMITS.BLOB_PAGE_MAX);
}

function marker64(name: string): string {
  return Buffer.from(name, 'utf8').toString('base64url');
}

function readMarker(marker: string): string {
  return Buffer.from(marker, 'base64url').toString('utf8');
}
