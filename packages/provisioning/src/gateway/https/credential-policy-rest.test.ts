import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Right, SessionDirectory, signSas } from '@viaduct/hub';
import { readRestDocument, StillClock } from '@viaduct/testkit';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateIssuer } from '../../core/issuance/certificate-issuer.ts';
import { trustAtHub } from '../../core/issuance/trust-at-hub.ts';
import { openProvisioningStore } from '../../store/sqlite/open-provisioning-store.ts';
import { credentialPolicyRoutes } from './credential-policy-routes.ts';
import { replyWithProvisioningProblem } from './reply-with-provisioning-problem.ts';
import { rewriteProvisioningUrl } from './rewrite-provisioning-url.ts';

const HOST = 'myhub.example.net';
const KEY = randomBytes(32).toString('base64');
const ALL: readonly Right[] = ['EnrollmentRead', 'EnrollmentWrite', 'RegistrationStatusRead', 'ServiceConfig'];
const calls = readRestDocument('provisioning.md').filter(({ path }) => path.startsWith('/credentialPolicies'));
const offered: string[] = [];
const closing: (() => Promise<void>)[] = [];
let app: FastifyInstance;
let clock: StillClock;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'viaduct-policies-'));
  const random = { bytes: (count: number) => randomBytes(count) };
  const encryptionKey = randomBytes(32);
  clock = new StillClock();
  const hub = await openSqliteStore({ file: join(directory, 'hub.sqlite'), encryptionKey });
  const store = await openProvisioningStore({ file: join(directory, 'p.sqlite'), encryptionKey, random });
  const basis = { clock, random, credentialPolicies: store.credentialPolicies };
  const issuer = await CertificateIssuer.open(basis, {
    authorities: store.authorityTable,
    hub: trustAtHub({ ...hub, clock, random, sessions: new SessionDirectory() }),
  });
  await hub.policies.insertMissing([
    policy('config', ['ServiceConfig']),
    ...ALL.map((right) =>
      policy(
        `without-${right}`,
        ALL.filter((one) => one !== right),
      ),
    ),
  ]);
  app = Fastify({ rewriteUrl: ({ url = '/' }) => rewriteProvisioningUrl(url) });
  const provisioning = { ...basis, issuer, policies: hub.policies, hostNames: [HOST] };
  app.addHook('onRoute', ({ method, url }) => {
    if (method !== 'HEAD') offered.push(`${method} ${url}`);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.decorateRequest('trackingId', '');
  app.setErrorHandler((error, request, reply) => replyWithProvisioningProblem(provisioning, error, request, reply));
  credentialPolicyRoutes(app, provisioning);
  closing.push(
    () => app.close(),
    () => issuer.close(),
    () => store.close(),
    () => hub.close(),
    () => rm(directory, { recursive: true, force: true }),
  );
});
afterAll(async () => {
  for (const close of closing) await close();
});

function policy(name: string, rights: readonly Right[]) {
  return { name, primaryKey: KEY, secondaryKey: KEY, rights: new Set(rights) };
}

function ask(method: string, url: string, { as = 'config', ifMatch, body }: Ask = {}) {
  const authorization = signSas(HOST, KEY, clock.now() / 1_000 + 60, as);
  return app.inject({
    method: method as 'GET',
    url,
    headers: { authorization, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
}

interface Ask {
  readonly as?: string;
  readonly ifMatch?: string;
  readonly body?: object;
}

describe('the calls for credential policies in docs/protocol/provisioning.md', () => {
  it('are all that are offered', () => {
    const documented = calls.map(({ method, path }) => `${method} ${path.toLowerCase().replace('{name}', ':id')}`);
    expect(documented.sort()).toEqual([...offered].sort());
  });

  it.each(calls.map((call) => [`${call.method} ${call.path}`, call] as const))(
    '%s asks for its right',
    async (_, call) => {
      const url = call.path.replace('{name}', 'none');
      expect(call.rights).toHaveLength(1);
      expect((await ask(call.method, url, { as: `without-${call.rights?.[0]}` })).statusCode).toBe(401);
      expect((await ask(call.method, url)).statusCode).not.toBe(401);
    },
  );

  it('make, change and remove a policy', async () => {
    const body = { validityDays: 7, keyTypes: ['RSA-2048'] };
    const made = await ask('PUT', '/credentialPolicies/Pumps', { body });
    expect(made.statusCode).toBe(200);
    expect(made.json()).toMatchObject({ name: 'Pumps', ...body, createdTime: clock.now() });
    expect((await ask('PUT', '/credentialPolicies/pumps', { body })).statusCode).toBe(409);
    expect((await ask('PUT', '/credentialPolicies/other', { body: { validityDays: 'a week' } })).statusCode).toBe(400);
    const ifMatch = made.headers.etag as string;
    const changed = await ask('PUT', '/credentialPolicies/pumps', { ifMatch, body: { ...body, validityDays: 8 } });
    expect(changed.json()).toMatchObject({ name: 'Pumps', validityDays: 8 });
    expect((await ask('DELETE', '/credentialPolicies/pumps', { ifMatch })).statusCode).toBe(412);
    expect((await ask('GET', '/CredentialPolicies/PUMPS')).json()).toEqual(changed.json());
    expect((await ask('GET', '/credentialPolicies')).json().value.map(({ name }: { name: string }) => name)).toEqual([
      'default',
      'Pumps',
    ]);
    expect((await ask('DELETE', '/credentialPolicies/pumps')).statusCode).toBe(204);
    expect((await ask('GET', '/credentialPolicies/pumps')).statusCode).toBe(404);
  });

  it('tell whom to trust', async () => {
    const answer = await ask('GET', '/credentialPolicies/default/certificate');
    expect(answer.headers['content-type']).toMatch(/^application\/x-pem-file/);
    const [issuing, root, ...more] = (
      answer.body.match(/-----BEGIN CERTIFICATE-----[\w+/=\s]+-----END CERTIFICATE-----/g) ?? []
    ).map((pem) => new X509Certificate(pem));
    expect(more).toEqual([]);
    expect(root && issuing?.verify(root.publicKey)).toBe(true);
  });
});
