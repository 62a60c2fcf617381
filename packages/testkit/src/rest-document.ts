import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../../docs/protocol/', import.meta.url);

/** A row of a table of calls in a document of docs/protocol, once for each of the optional parts of its path. */
export interface DocumentedCall {
  readonly method: string;
  /** With its names in braces. */
  readonly path: string;
  /** All of them are needed. Null where devices call with their own credential, or a policy's with DeviceConnect. */
  readonly rights: readonly string[] | null;
  /** `data`, `registry`, `twin`; undefined where the table does not say. */
  readonly roles: readonly string[] | undefined;
  readonly success: readonly number[];
  /** Names of errors that are its own. */
  readonly refusals: readonly string[];
}

/** The tables of calls, read from the document, so that tests can hold the server to what is written there. */
export function readRestDocument(name = 'rest.md'): readonly DocumentedCall[] {
  let columns: string[] = [];
  return readFileSync(fileURLToPath(new URL(name, FOLDER)), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const cells = line.startsWith('| ')
        ? line
            .split(/(?<!\\)\|/)
            .slice(1, -1)
            .map((cell) => cell.trim())
        : [];
      if (cells[0] === 'call') columns = cells;
      const [, method, path] = /^`(GET|PUT|POST|PATCH|DELETE) (\/[^`]*)`$/.exec(cells[0] ?? '') ?? [];
      if (method === undefined || path === undefined) return [];
      const cell = (name: string) => (columns.includes(name) ? cells[columns.indexOf(name)] : undefined);
      const call = {
        method,
        rights: cell('right')?.split(' and ') ?? null,
        roles: cell('role')?.split(', '),
        success: [...(cell('success') ?? '').matchAll(/\d{3}/g)].map(Number),
        refusals: [...(cell('refusals') ?? '').matchAll(/\d{3} (\w+)/g)].map(([, name]) => name as string),
      };
      return variantsOf(path).map((variant) => ({ ...call, path: variant }));
    });
}

/** `/a[/b]/c[?d=]` is `/a/c` and `/a/b/c`: parts of the query may be left out. */
function variantsOf(path: string): readonly string[] {
  const [, head, optional, rest] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(path) ?? [];
  if (head === undefined || optional === undefined || rest === undefined) return [path];
  const without = variantsOf(`${head}${rest}`);
  return optional.startsWith('?') ? without : [...without, ...variantsOf(`${head}${optional}${rest}`)];
}
