import { randomBytes } from 'node:crypto';
import { ACCESS_ROLES } from '@viaduct/contracts';
import { type DocumentedCall, readRestDocument } from '@viaduct/testkit';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccessToken } from '../../core/access/access-token.ts';
import { signSas } from '../../core/access/sas-signature.ts';
import type { Right } from '../../core/ports.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { hubRest } from './hub-rest.ts';
import { rewriteHubUrl } from './rewrite-hub-url.ts';

const HOST = 'myhub.example.net';
const KEY = randomBytes(32).toString('base64');
/** As every hub has them from the start. */
const POLICIES: Readonly<Record<string, readonly Right[]>> = {
  iothubowner: ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'],
  service: ['ServiceConnect'],
  device: ['DeviceConnect'],
  registryRead: ['RegistryRead'],
  registryReadWrite: ['RegistryRead', 'RegistryWrite'],
};
const calls = readRestDocument();

let hub: TemporaryHub;
let app: FastifyInstance;
const offered = new Set<string>();
const reached = new Set<string>();
const bearer = new Map<string, string>();

beforeAll(async () => {
  hub = await temporaryHub();
  await hub.policies.insertMissing(
    Object.entries(POLICIES).map(([name, rights]) => ({
      ...{ name, primaryKey: KEY, secondaryKey: KEY },
      rights: new Set(rights),
    })),
  );
  for (const role of ACCESS_ROLES) {
    bearer.set(role, `Bearer ${(await createAccessToken(hub, { name: role, role, createdBy: 'test' })).token}`);
  }
  app = Fastify({
    rewriteUrl: (request) => rewriteHubUrl(request.url ?? '/'),
    routerOptions: { maxParamLength: 4_096 },
  });
  app.addHook('onRoute', ({ method, url }) => {
    // What is not offered is answered by routes for every method.
    for (const one of [method].flat().length > 5 ? [] : [method].flat())
      if (one !== 'HEAD') offered.add(`${one} ${url}`);
  });
  app.addHook('onRequest', async ({ method, routeOptions }) => void reached.add(`${method} ${routeOptions.url}`));
  await app.register(hubRest(hub));
});
afterAll(async () => {
  await app.close();
  await hub.close();
});

describe('docs/protocol/rest.md', () => {
  it.each(calls.map((call, index) => [`${call.method} ${call.path}`, call, index] as const))(
    '%s asks for what is written there',
    async (_name, call, index) => {
      const url = await addressOf(call, index);
      for (const [policy, rights] of Object.entries(POLICIES)) {
        const token = signSas(HOST, KEY, hub.clock.now() / 1_000 + 60, policy);
        const wanted = call.rights ?? ['DeviceConnect'];
        const mayCall = wanted.every((right) => rights.includes(right as Right));
        expect([policy, isLetIn(await ask(call.method, url, token))]).toEqual([policy, mayCall]);
      }
      if (call.roles === undefined) return;
      for (const [role, token] of bearer) {
        const mayCall = isNamed(call, role);
        expect([role, isLetIn(await ask(call.method, url, token))]).toEqual([role, mayCall]);
      }
    },
  );

  it('lists every call that the hub offers', () => {
    expect([...offered].filter((route) => !reached.has(route))).toEqual([]);
  });
});

const READS: readonly string[] = ['POST /devices/query', 'POST /configurations/testQueries'];

function isNamed({ method, path, roles = [] }: DocumentedCall, role: string): boolean {
  const [kind = ''] = role.split(/(?=[A-Z])/);
  if (!roles.includes(kind)) return false;
  const isRead = READS.includes(`${method} ${path}`) || (method === 'GET' && !path.startsWith('/messages/'));
  return role !== 'dataReader' || isRead;
}

/** Each call has a device and a module of its own: the one before may have removed them. */
async function addressOf({ path }: DocumentedCall, index: number): Promise<string> {
  const deviceId = `row-${index}`;
  const isEdge = path.includes('$edgeHub');
  await createDevice(hub, { deviceId }, { capabilities: { iotEdge: isEdge } });
  await createDevice(hub, { deviceId, moduleId: 'm' });
  return path
    .replace('{d}', deviceId)
    .replace('{t}', deviceId)
    .replace(/\{(\w+)\}/g, (_, name: string) => name);
}

function ask(method: string, url: string, authorization: string): Promise<LightMyRequestResponse> {
  return app.inject({ method: method as 'GET', url, headers: { authorization } });
}

function isLetIn(answer: LightMyRequestResponse): boolean {
  if (answer.statusCode !== 401) return true;
  expect(answer.body).toMatch(/does not (grant|read|write)/);
  return false;
}
