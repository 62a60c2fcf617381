import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.json', '.webmanifest', '.svg', '.txt']);
/** The build puts a hash of the content into these names, so what is behind one never changes. */
const HASHED = /^assets\/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const STRICT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface WebAsset {
  readonly body: Buffer;
  /** Null where it would save nothing. */
  readonly gzipped: Buffer | null;
  readonly contentType: string;
  readonly etag: string;
  readonly isImmutable: boolean;
}

/** The web build, in memory. No path of a request ever reaches the file system: what is not in here is not served. */
export interface WebAssets {
  readonly index: WebAsset;
  readonly byPath: ReadonlyMap<string, WebAsset>;
  readonly contentSecurityPolicy: string;
}

/** Undefined when there is no build: `index.html` is missing. */
export function loadWebAssets(directory: string, frameOrigins: readonly string[] = []): WebAssets | undefined {
  if (!existsSync(join(directory, 'index.html'))) return undefined;
  const byPath = new Map<string, WebAsset>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || TYPES[extname(entry.name)] === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(directory.length).split(sep).filter(Boolean).join('/');
    byPath.set(path, loadAsset(file, path));
  }
  const index = byPath.get('index.html');
  return index === undefined
    ? undefined
    : { index, byPath, contentSecurityPolicy: withFrames(policyOf(directory), frameOrigins) };
}

function loadAsset(file: string, path: string): WebAsset {
  const body = readFileSync(file);
  const ending = extname(file);
  const gzipped = COMPRESSIBLE.has(ending) ? gzipSync(body) : null;
  return {
    body,
    gzipped: gzipped !== null && gzipped.length < body.length ? gzipped : null,
    contentType: TYPES[ending] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    isImmutable: HASHED.test(path),
  };
}

/** The build knows best what its pages need; a broken file must not open them further. */
function policyOf(directory: string): string {
  const file = join(directory, 'csp.json');
  if (!existsSync(file)) return STRICT_POLICY;
  const given = JSON.parse(readFileSync(file, 'utf8')) as { readonly contentSecurityPolicy?: unknown };
  if (typeof given.contentSecurityPolicy !== 'string') return STRICT_POLICY;
  const policy = given.contentSecurityPolicy;
  return policy.includes('frame-ancestors') ? policy : `${policy}; frame-ancestors 'none'`;
}

/** Frames are for whoever runs the server to allow: what is in one may look like the console. */
function withFrames(policy: string, origins: readonly string[]): string {
  return origins.length === 0 ? policy : `${policy}; frame-src ${origins.join(' ')}`;
}
