import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleName, rolesWith } from '../access/permissions.ts';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';
import { versionsOf } from './api-version.ts';
import { servedOperations } from './central-api.ts';
import { OPERATION_TABLE, type OperationId, type OperationRow } from './operation-table.ts';
import { insteadOf, isOffered } from './refused-operations.ts';

let console: ConsoleUnderTest;
let served: ReturnType<typeof servedOperations>;
beforeAll(async () => {
  console = await openConsole();
  served = servedOperations(console.central, { isStrict: false });
});
afterAll(() => console.close());

const ROWS = Object.entries(OPERATION_TABLE) as [OperationId, OperationRow][];

describe('docs/protocol/central-operations.md', () => {
  it('lists every operation, who may ask for it, and what stands in for those that are not served', async () => {
    const rows = ROWS.filter(([id]) => isOffered(id)).map(([id, row]) => {
      const permission = served.get(id)?.permission;
      const who = permission === undefined ? [] : rolesWith(permission).map(roleName);
      return `| ${id} | \`${row.call}\` | ${versionText(row)} | ${who.length === 3 ? 'all' : who.join(', ')} |`;
    });
    const refused = ROWS.filter(([id]) => !isOffered(id)).map(
      ([id, { call }]) => `| ${id} | \`${call}\` | ${insteadOf(id)} |`,
    );
    await expect(documentOf(rows, refused)).toMatchFileSnapshot('../../../../docs/protocol/central-operations.md');
  });

  it('promises nothing that nobody serves', () => {
    expect(ROWS.filter(([id]) => isOffered(id) && !served.has(id)).map(([id]) => id)).toEqual([]);
  });
});

function versionText(row: OperationRow): string {
  const { since, ga } = row;
  const previews = versionsOf(row).filter((version) => version.endsWith('preview'));
  return ga === undefined ? previews.join(', ') : since === ga ? `${ga} on` : `${ga} on; in previews ${since} on`;
}

function documentOf(rows: readonly string[], refused: readonly string[]): string {
  return [
    '# Operations of the REST interface of Azure IoT Central',
    '',
    'Below `/api`; [central-rest.md](central-rest.md) tells how to ask. Members of bodies and answers are in [central-openapi.json](central-openapi.json).',
    'Each is proved by requests over TLS, as [COMPATIBILITY.md](../../COMPATIBILITY.md) says.',
    '',
    '| operation | call | versions | roles |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## Not served',
    '',
    'These are refused with 501, and with what to use instead.',
    '',
    '| operation | call | use |',
    '|---|---|---|',
    ...refused,
    '',
  ].join('\n');
}
