import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type RoleId } from '../access/caller.ts';
import { roleName } from '../access/permissions.ts';
import { askCentral } from '../testing/ask-central.ts';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';
import { servedOperations } from './central-api.ts';
import { OPERATION_TABLE, type OperationId } from './operation-table.ts';

/** What operators may not do, by the beginning of the operation's id; everything else they may. The longest one counts. */
const LEAST_ROLE: readonly (readonly [prefix: string, role: RoleId])[] = [
  ['ApiTokens_', ROLES.administrator],
  ['EnrollmentGroups_', ROLES.administrator],
  ['Users_', ROLES.administrator],
  ['FileUploads_', ROLES.administrator],
  ['FileUploads_Get', ROLES.builder],
  ['Organizations_', ROLES.administrator],
  ['Organizations_Get', ROLES.operator],
  ['Organizations_List', ROLES.operator],
  ['DeviceTemplates_', ROLES.builder],
  ['DeviceTemplates_Get', ROLES.operator],
  ['DeviceTemplates_List', ROLES.operator],
  ['Dashboards_', ROLES.builder],
  ['Dashboards_Get', ROLES.operator],
  ['Dashboards_List', ROLES.operator],
];
/** From the least on. */
const RANKS: readonly RoleId[] = [ROLES.operator, ROLES.builder, ROLES.administrator];

let console: ConsoleUnderTest;
let served: readonly OperationId[];
const tokens = new Map<string, string>();

beforeAll(async () => {
  console = await openConsole();
  served = [...servedOperations(console.central, { isStrict: false }).keys()];
  const make = async (id: string, role: RoleId, expiry?: string) => {
    const made = await askCentral(console, 'PUT', `/apiTokens/${id}`, { body: { roles: [{ role }], expiry } });
    tokens.set(id, made.json().token as string);
  };
  for (const role of RANKS) await make(roleName(role), role);
  await make('revoked', ROLES.administrator);
  await askCentral(console, 'DELETE', '/apiTokens/revoked');
  await make('expired', ROLES.administrator, new Date(console.clock.now() + 60_000).toISOString());
  console.clock.advance(120_000);
});
afterAll(() => console.close());

function leastRole(id: OperationId): RoleId {
  const fitting = LEAST_ROLE.filter(([prefix]) => id.startsWith(prefix)).sort(([a], [b]) => b.length - a.length);
  return fitting[0]?.[1] ?? ROLES.operator;
}

function ask(id: OperationId, token: string | undefined, version?: string) {
  const [method = '', path = ''] = OPERATION_TABLE[id].call.split(' ');
  const address = path.replace('{entry}', 'primary').replace(/\{\w+\}/g, 'nothing');
  const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
  return askCentral(console, method, address, {
    token: token ?? '',
    ...body,
    ...(version === undefined ? {} : { version }),
  });
}

describe('every operation that is served', () => {
  it('lets in whoever has the least role for it, and refuses who has less', async () => {
    expect(served.length).toBe(87);
    for (const id of served) {
      const least = RANKS.indexOf(leastRole(id));
      for (const [rank, role] of RANKS.entries()) {
        const { statusCode } = await ask(id, tokens.get(roleName(role)));
        expect([id, roleName(role), statusCode === 403], `${statusCode}`).toEqual([id, roleName(role), rank < least]);
        expect([401, 500], `${id} as ${roleName(role)}`).not.toContain(statusCode);
      }
    }
  });

  it('knows nobody without a token, with one that is over or was revoked, and no version that there never was', async () => {
    for (const id of served) {
      for (const token of [undefined, tokens.get('expired'), tokens.get('revoked'), 'Bearer x']) {
        expect([id, (await ask(id, token)).statusCode]).toEqual([id, 401]);
      }
      const administrator = tokens.get('Administrator');
      for (const version of ['', '2018-01-01', '1.0-preview', 'latest']) {
        const { statusCode, body } = await ask(id, administrator, version);
        expect([id, statusCode, body.includes('InvalidApiVersion')]).toEqual([id, 400, true]);
      }
    }
  });
});
