import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AccessRole, HubError } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import type { AccessSubject } from './access-role.ts';
import { roleGrants } from './access-role.ts';
import {
  authorizeByToken,
  createAccessToken,
  findTokenHolder,
  listAccessTokens,
  revokeAccessToken,
} from './access-token.ts';

let hub: TemporaryHub;
beforeEach(async () => {
  hub = await temporaryHub();
});
afterEach(() => hub.close());

const make = (name: string, role: AccessRole = 'dataReader', expiresInDays = 1) =>
  createAccessToken(hub, { name, role, expiresInDays, createdBy: 'policy iothubowner' });

describe('access tokens', () => {
  it('are kept over a restart, by hash alone', async () => {
    const { token, record } = await make('reports');
    expect(token).toMatch(/^vdt_[\w-]{43}$/);
    hub = await hub.reopened();
    expect(await findTokenHolder(hub, token)).toEqual(record);
    for (const file of ['hub.sqlite', 'hub.sqlite-wal']) {
      const bytes = await readFile(join(hub.directory, file)).catch(() => Buffer.alloc(0));
      expect(bytes.includes(token.slice(4))).toBe(false);
    }
  });

  it('are noted when used, to the minute, and end by themselves', async () => {
    const { token } = await make('reports');
    const used = async () => (await listAccessTokens(hub))[0]?.lastUsedTime;
    expect(await used()).toBe(0);
    await findTokenHolder(hub, token);
    const first = hub.clock.now();
    hub.clock.advance(59);
    await findTokenHolder(hub, token);
    expect(await used()).toBe(first);
    hub.clock.advance(1);
    await findTokenHolder(hub, token);
    expect(await used()).toBe(first + 60_000);
    hub.clock.advance(86_400);
    await expect(findTokenHolder(hub, token)).rejects.toMatchObject({
      code: 'credential.expired',
      message: 'access token "reports" expired 60 s ago',
    });
  });

  it('open nothing once they are revoked, and nothing that was made up does', async () => {
    const { token } = await make('reports');
    await revokeAccessToken(hub, 'Reports');
    await expect(findTokenHolder(hub, token)).rejects.toMatchObject({ code: 'credential.unknownToken' });
    await expect(findTokenHolder(hub, 'vdt_short')).rejects.toMatchObject({ code: 'credential.malformed' });
    await expect(findTokenHolder(hub, 'eyJ0.a.b')).rejects.toMatchObject({ code: 'credential.malformed' });
    await expect(revokeAccessToken(hub, 'reports')).rejects.toMatchObject({ code: 'accessToken.notFound' });
  });

  it('are let through while the disk is full, though their use cannot be noted', async () => {
    const { token } = await make('reports');
    const saveUse = () => Promise.reject(new HubError('store.unavailable', 'the disk is full'));
    const accessTokens = { findByHash: hub.accessTokens.findByHash.bind(hub.accessTokens), saveUse };
    const full = { ...hub, accessTokens: { ...hub.accessTokens, ...accessTokens } };
    expect((await findTokenHolder(full, token)).name).toBe('reports');
  });

  it('have names of their own, one of the roles, and a life within bounds', async () => {
    await make('reports');
    await expect(make('REPORTS')).rejects.toMatchObject({ code: 'accessToken.exists' });
    for (const wrong of ['', ' a', 'a  b', 'a/b', "'; DROP TABLE access_token; --", 'x'.repeat(65)]) {
      await expect(make(wrong)).rejects.toMatchObject({ code: 'argument.invalid' });
    }
    await expect(make('x', 'owner' as 'dataReader')).rejects.toMatchObject({ code: 'argument.invalid' });
    for (const days of [0, 1.5, 3_651, Number.NaN]) {
      await expect(make('x', 'dataReader', days)).rejects.toMatchObject({ code: 'argument.invalid' });
    }
  });

  it('do what their role says, and the refusal names it', async () => {
    const { token } = await make('reports', 'twinContributor');
    await expect(authorizeByToken(hub, token, { subject: 'twins', verb: 'write' })).resolves.toBeDefined();
    await expect(authorizeByToken(hub, token, { subject: 'methods', verb: 'write' })).rejects.toMatchObject({
      code: 'credential.insufficientRights',
      message: 'the role twinContributor of access token "reports" does not write methods',
    });
  });
});

describe('roles', () => {
  const SUBJECTS: readonly AccessSubject[] = [
    ...(['registry', 'twins', 'methods', 'messages', 'files', 'jobs', 'configurations', 'management'] as const),
  ];
  it.each([
    ['dataContributor', 'rw rw rw rw rw rw rw --'],
    ['dataReader', 'r- r- r- r- r- r- r- --'],
    ['registryContributor', 'rw -- -- -- -- -- -- --'],
    ['twinContributor', '-- rw -- -- -- -- -- --'],
  ] as const)('%s', (role, expected) => {
    const granted = SUBJECTS.map((subject) =>
      (['read', 'write'] as const).map((verb) => (roleGrants(role, { subject, verb }) ? verb.charAt(0) : '-')).join(''),
    );
    expect(granted.join(' ')).toBe(expected);
  });
});
