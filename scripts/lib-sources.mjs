import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, absolute. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * One hash over the names and contents of all files beneath some paths. Contents and not times: a clone, a checkout and a
 * copied folder all have new times and the same sources.
 */
export function hashSources(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesUnder(path)).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(path) {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  const entries = readdirIfFolder(absolute);
  if (entries === undefined) return [path];
  return entries.filter(({ name }) => !SKIPPED.has(name)).flatMap(({ name }) => filesUnder(join(path, name)));
}

const SKIPPED = new Set(['node_modules', 'dist', '.vite', 'coverage']);

function readdirIfFolder(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What a stamp file says, or undefined when there is none. */
export function readStamp(file) {
  const path = join(ROOT, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

export function writeStamp(file, text) {
  mkdirSync(dirname(join(ROOT, file)), { recursive: true });
  writeFileSync(join(ROOT, file), text);
}
