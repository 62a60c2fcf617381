import type { Central } from '../central.ts';
import { runCentralQuery } from '../language/run-central-query.ts';
import type { ServeOperation } from './operation.ts';

/** Queries in the language of docs/protocol/central-query.md. An answer that has more rows than its bound ends there, as Azure's does. */
export function queryOperations(
  central: Central,
  serve: ServeOperation,
  { isStrict }: { readonly isStrict: boolean },
): void {
  serve('Query_Run', 'query.run', async (_caller, { body, signal }) => {
    const { query } = body as { readonly query: string };
    const { columns, rows } = await runCentralQuery(central, query, {
      profile: isStrict ? 'strict' : 'relaxed',
      signal,
    });
    return { results: rows.map((row) => Object.fromEntries(row.map((value, index) => [columns[index]?.name, value]))) };
  });
}
