import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Right, signSas } from '@viaduct/hub';
import { type DocumentedCall, readRestDocument, StillClock } from '@viaduct/testkit';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttemptBook } from '../../core/attempt/attempt-book.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import { openProvisioningStore, type ProvisioningStore } from '../../store/sqlite/open-provisioning-store.ts';
import { provisioningRest } from './provisioning-rest.ts';
import { rewriteProvisioningUrl } from './rewrite-provisioning-url.ts';

const HOST = 'myhub.example.net';
const KEY = randomBytes(32).toString('base64');
const RIGHTS: readonly Right[] = [
  'EnrollmentRead',
  'EnrollmentWrite',
  'RegistrationStatusRead',
  'RegistrationStatusWrite',
  'ServiceConfig',
  'RegistryWrite',
];
const clock = new StillClock(Date.UTC(2030, 0, 1));
const random = { bytes: (count: number) => randomBytes(count) };
const calls = ['provisioning-rest.md', 'provisioning.md'].flatMap((name) => readRestDocument(name));

let directory: string;
let store: ProvisioningStore;
let attempts: AttemptBook;
let app: FastifyInstance;
const offered = new Set<string>();
const reached = new Set<string>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-provisioning-rest-'));
  store = await openProvisioningStore({
    ...{ file: join(directory, 'provisioning.sqlite'), encryptionKey: randomBytes(32), random, ownHubName: HOST },
  });
  attempts = await AttemptBook.open(store.attempts, clock, (error) => expect.fail(String(error)));
  app = Fastify({ rewriteUrl: (request) => rewriteProvisioningUrl(request.url ?? '/') });
  app.addHook('onRoute', ({ method, url }) => {
    // What is not offered is answered by routes for every method.
    for (const one of [method].flat().length > 5 ? [] : [method].flat())
      if (one !== 'HEAD') offered.add(`${one} ${url}`);
  });
  app.addHook('onRequest', async ({ method, routeOptions }) => void reached.add(`${method} ${routeOptions.url}`));
  // A policy for each right, of its name. What lies beyond authorization is not asked for here: bodies are empty.
  const parts: Partial<Provisioning> = {
    ...{ ...store, attempts, clock, random, hostNames: [HOST] },
    policies: {
      find: async (name) => ({
        name,
        primaryKey: KEY,
        secondaryKey: KEY,
        rights: new Set(RIGHTS.filter((one) => one === name)),
      }),
      list: async () => [],
      insertMissing: async () => {},
    },
  };
  await app.register(provisioningRest(parts as Provisioning));
});
afterAll(async () => {
  await app.close();
  await attempts.close();
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

describe('docs/protocol/provisioning-rest.md and provisioning.md', () => {
  it.each(calls.map((call) => [`${call.method} ${call.path}`, call] as const))(
    '%s asks for what is written there',
    async (_name, call) => {
      if (call.rights === null) {
        expect((await ask(call)).statusCode).not.toBe(200);
        return;
      }
      for (const right of RIGHTS) {
        const token = signSas(HOST, KEY, clock.now() / 1_000 + 60, right);
        expect([right, isLetIn(await ask(call, token), right)]).toEqual([right, call.rights.includes(right)]);
      }
      expect((await ask(call, 'Bearer vdt_x')).json()).toMatchObject({
        ...{ errorCode: 401002, message: expect.stringMatching(/^an access token opens the hub, not provisioning/) },
      });
    },
  );

  it('lists every call that is offered', () => {
    expect([...offered].filter((route) => !reached.has(route))).toEqual([]);
  });
});

function ask({ method, path }: DocumentedCall, authorization?: string): Promise<LightMyRequestResponse> {
  const url = path.replace('{scope}', '0ne00AB12CD').replace(/\{(\w+)\}/g, (_, name: string) => name);
  return app.inject({ method: method as 'GET', url, headers: authorization === undefined ? {} : { authorization } });
}

function isLetIn(answer: LightMyRequestResponse, right: string): boolean {
  if (answer.statusCode !== 401) return true;
  expect(answer.json()).toMatchObject({
    errorCode: 401002,
    message: expect.stringContaining(`"${right}" does not grant`),
  });
  return false;
}
