import { describe, expect, it } from 'vitest';
import { OPERATION_TABLE, type OperationRow } from './operation-table.ts';
import { SCHEMAS } from './schemas/schemas.ts';
import { requireValid } from './validate.ts';

describe('the schemas of the interface', () => {
  it.each(Object.keys(SCHEMAS))('has %s in a form that can be checked', (name) => {
    const isRefused = () => requireValid(name, 7);
    expect(isRefused).toThrow(/must be|must match|must have/);
  });

  it('are there for all that is served', () => {
    const rows: OperationRow[] = Object.values(OPERATION_TABLE);
    const names = new Set(rows.flatMap(({ body, patch, answer }) => [body, patch, answer].filter((name) => name)));
    const missing = [...names].filter((name) => !(name! in SCHEMAS)).sort();
    // Of what is refused: jobs and exports.
    expect(
      missing.filter((name) => !/^(?:Scheduled)?Job|^Export|^Destination|^DeploymentManifestC/.test(name!)),
    ).toEqual([]);
  });
});
