import { randomBytes } from 'node:crypto';
import { ERRORS, type ErrorCode } from '@viaduct/contracts';
import { createDevice, signSas } from '@viaduct/hub';
import { deviceToken, issueCertificate, startTestServer, type TestServer } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proves } from './sdk/operations.ts';
import { type RawAnswer, type RawRequest, RawRest } from './sdk/raw-rest.ts';

/** Every refusal that REST can word, each caused once, in the shape that SDKs parse; and what hostile requests leave behind. */
let server: TestServer;
let rest: RawRest;
let asD1: string;
beforeAll(async () => {
  server = await startTestServer();
  rest = new RawRest(server);
  const d1 = await server.createDevice('d1');
  asD1 = deviceToken(d1, server.ready.hostName);
  await createDevice(server.hub, { deviceId: 'd1', moduleId: 'm1' });
  await createDevice(server.hub, { deviceId: 'edge' }, { capabilities: { iotEdge: true } });
  await createDevice(server.hub, { deviceId: 'none' }, { authentication: { type: 'none' } });
});
afterAll(async () => {
  rest.close();
  await server.stop();
});

type Cause = () => Promise<RawAnswer> | RawAnswer;

const ask =
  (method: string, path: string, asked?: RawRequest): Cause =>
  () =>
    rest.ask(method, path, asked);
const put = (path: string, body: unknown, headers?: Record<string, string>): Cause =>
  ask('PUT', path, headers === undefined ? { body } : { body, headers });
const patchTwin = (op: object): Cause => ask('PATCH', '/digitaltwins/d1', { body: [op] });

/** A token for the hub, signed as the row says. */
function withToken(sign: (key: string, host: string, soon: number) => string): Cause {
  return async () => {
    const { primaryKey = '' } = (await server.hub.policies.find('iothubowner')) ?? {};
    const authorization = sign(primaryKey, server.ready.hostName, Math.floor(Date.now() / 1_000) + 60);
    return rest.ask('GET', '/devices/d1', { authorization });
  };
}

const certificateOf = async (ca: boolean): Promise<string> => (await issueCertificate({ commonName: 'Root', ca })).pem;

const CAUSES: Partial<Record<ErrorCode, Cause>> = {
  'credential.missing': ask('GET', '/devices/d1', { authorization: '' }),
  'credential.malformed': ask('GET', '/devices/d1', { authorization: 'SharedAccessSignature nothing' }),
  'credential.signatureMismatch': withToken((_key, host, soon) =>
    signSas(host, randomBytes(32).toString('base64'), soon, 'iothubowner'),
  ),
  'credential.expired': withToken((key, host) => signSas(host, key, 1_000_000_000, 'iothubowner')),
  'credential.wrongResource': withToken((key, host, soon) => signSas(`${host}/devices/d2`, key, soon, 'iothubowner')),
  'credential.unknownPolicy': withToken((key, host, soon) => signSas(host, key, soon, 'nobody')),
  'credential.insufficientRights': ask('GET', '/devices/d1', { policy: 'service' }),
  'credential.unknownToken': ask('GET', '/devices/d1', { authorization: `Bearer vdt_${'x'.repeat(43)}` }),
  'credential.wrongType': async () => {
    const token = signSas(`${server.ready.hostName}/devices/none`, randomBytes(32).toString('base64'), 4_000_000_000);
    return rest.ask('POST', '/devices/none/messages/events', { authorization: token });
  },
  'accessToken.notFound': ask('DELETE', '/accessTokens/nobody'),
  'accessToken.exists': async () => {
    const body = { name: 'twice', role: 'dataReader' };
    await rest.ask('POST', '/accessTokens', { body });
    return rest.ask('POST', '/accessTokens', { body });
  },
  'device.notFound': ask('GET', '/twins/nobody'),
  'device.disabled': async () => {
    const off = await server.createDevice('off');
    await rest.ask('PUT', '/devices/off', {
      body: { status: 'disabled', statusReason: 'lost' },
      headers: { 'if-match': '*' },
    });
    const authorization = deviceToken(off, server.ready.hostName);
    return rest.ask('POST', '/devices/off/messages/events', { authorization });
  },
  'device.exists': put('/devices/d1', {}),
  'device.idInvalid': put('/devices/a%20b', {}),
  'device.tooMany': async () => {
    await createDevice(server.hub, { deviceId: 'full' });
    for (let i = 0; i < 50; i++) await createDevice(server.hub, { deviceId: 'full', moduleId: `m${i}` });
    return rest.ask('PUT', '/devices/full/modules/one-more', { body: {} });
  },
  'device.notOnline': ask('POST', '/twins/d1/methods', { body: { methodName: 'blink' } }),
  'device.outOfScope': ask('GET', '/devices/edge/modules/$edgeHub/deviceAndModuleInDeviceScope?targetDeviceId=d1'),
  'module.notFound': ask('GET', '/devices/d1/modules/nobody'),
  'module.exists': put('/devices/d1/modules/m1', {}),
  'etag.mismatch': put('/devices/d1', {}, { 'if-match': '"old"' }),
  'keys.policyKeyInvalid': ask('POST', '/devices/keys/regenerate', {
    body: { policyKey: 'third', devices: [{ id: 'd1' }] },
  }),
  'certificate.notFound': ask('GET', '/certificates/nobody'),
  'certificate.invalid': put('/certificates/x', { properties: { certificate: 'no certificate' } }),
  'certificate.exists': async () => {
    const certificate = await certificateOf(true);
    const body = { properties: { certificate } };
    await rest.ask('PUT', '/certificates/root', { body });
    return rest.ask('PUT', '/certificates/root', { body });
  },
  'certificate.proofInvalid': async () => {
    await rest.ask('PUT', '/certificates/unproved', {
      body: { properties: { certificate: await certificateOf(true) } },
    });
    const body = { certificate: await certificateOf(false) };
    return rest.ask('POST', '/certificates/unproved/verify', { body });
  },
  'argument.invalid': ask('GET', '/devices?top=none'),
  'format.invalid': put('/devices/d9', '{"broken'),
  'route.notFound': ask('GET', '/devices/d1/nothing/of/the/kind'),
  'message.tooLarge': put('/devices/d9', Buffer.alloc(1_048_577, 'x')),
  'twin.tooLarge': async () => {
    const text = 'x'.repeat(4_000);
    const tags = { a: text, b: text, c: text };
    return rest.ask('PATCH', '/twins/d1', { body: { tags } });
  },
  'digitalTwin.patchMalformed': ask('PATCH', '/digitaltwins/d1', { body: 'no JSON' }),
  'digitalTwin.valueInvalid': patchTwin({ op: 'add', path: '/a b', value: 1 }),
  'digitalTwin.patchInvalid': patchTwin({ op: 'remove', path: '/nothing' }),
  'digitalTwin.pathInvalid': patchTwin({ op: 'add', path: 'nothing', value: 1 }),
  'command.lockLost': ask('DELETE', '/messages/serviceBound/feedback/8c6f9d4e'),
  'file.uploadUnknown': async () => {
    const body = { correlationId: 'nothing', isSuccess: true };
    return rest.ask('POST', '/devices/d1/files/notifications', { body, authorization: asD1 });
  },
  'file.tooManyUploads': async () => {
    const begin = (i: number) =>
      rest.ask('POST', '/devices/d1/files', { body: { blobName: `f${i}` }, authorization: asD1 });
    for (let i = 0; i < 10; i++) await begin(i);
    return begin(10);
  },
};

/** Of the subjects of this suite, those that need more than a request; where they are proved. */
const PROVED_ELSEWHERE: Partial<Record<ErrorCode, string>> = {
  'credential.certificateMismatch': 'credential-sdk.test.ts',
  'credential.certificateUntrusted': 'x509-ca.test.ts',
  'credential.certificateName': 'x509-ca.test.ts',
  'credential.certificateExpired': 'x509-ca.test.ts',
  'credential.certificateNotYetValid': 'x509-ca.test.ts',
  'credential.replaced': 'no request: a connection that is open hears it',
  'accessToken.tooMany': 'a thousand of them; access-token.ts',
  'certificate.tooMany': 'certificate.test.ts',
  'command.queueFull': 'AMQP alone sends commands; service-sdk.test.ts',
  'command.expiryInvalid': 'AMQP alone sends commands; accept-command.test.ts',
  'method.timeout': 'method-sdk.test.ts',
  'method.badResponse': 'method-sdk.test.ts',
  'method.tooMany': 'method-links.test.ts',
  'file.uploadExpired': 'upload.test.ts',
  'file.notUploaded': 'upload.test.ts',
  'file.uploadFailed': 'told to the operator, not to the device',
  'twin.versionNotKept': 'the console alone asks for versions of the past; twin-history.test.ts',
};
const SUBJECTS =
  /^(credential|accessToken|device|module|etag|keys|certificate|argument|format|route|message|twin|digitalTwin|command|method|file)\./;

describe('refusals over REST', () => {
  it.each(Object.entries(CAUSES) as [ErrorCode, Cause][])('%s is told as its row says', async (code, cause) => {
    const answer = await cause();
    const { http, hub, name } = ERRORS[code];
    expect([answer.status, answer.headers['iothub-errorcode']]).toEqual([http, name]);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const { Message, ExceptionMessage } = answer.json as Record<string, string>;
    if (Message?.startsWith('{')) expect(JSON.parse(Message)).toMatchObject({ errorCode: hub, message: /./ });
    else {
      expect(Message).toMatch(new RegExp(`^ErrorCode:${name};.`));
      const trackingId = String(answer.headers['x-ms-request-id']).replaceAll('-', '');
      expect(ExceptionMessage).toMatch(new RegExp(`^Tracking ID:${trackingId}-G:0-TimeStamp:[0-9/]{10} [0-9:]{8}$`));
    }
  });

  it('leaves out no row', () => {
    const rows = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => SUBJECTS.test(code));
    expect(rows.filter((code) => CAUSES[code] === undefined && PROVED_ELSEWHERE[code] === undefined)).toEqual([]);
  });
});

describe('hostile requests', () => {
  const IDS = [
    "'; DROP TABLE identity; --",
    '../../etc/passwd',
    '<script>',
    'a\u0000b',
    '☃',
    'x'.repeat(129),
    '{{7*7}}',
  ];
  const BODIES: readonly unknown[] = [
    '[]',
    'null',
    '7',
    '"text"',
    '{"status":{}}',
    '{"authentication":[]}',
    '{"authentication":{"symmetricKey":"x"}}',
    '{"authentication":{"symmetricKey":{"primaryKey":7}}}',
    '{"capabilities":{"iotEdge":"yes"}}',
    '{"parentScopes":[7]}',
    `{"statusReason":"${'x'.repeat(129)}"}`,
    '{"deviceId":"another"}',
    '{"authentication":{"type":"magic"}}',
    `${'['.repeat(50_000)}`,
    Buffer.from([0xff, 0xfe, 0x00]),
  ];

  it('change nothing, and hear why', async () => {
    const before = await counted();
    for (const id of IDS) {
      for (const path of [`/devices/${encodeURIComponent(id)}`, `/twins/${encodeURIComponent(id)}`]) {
        for (const method of ['PUT', 'GET', 'DELETE']) {
          const answer = await rest.ask(method, path, method === 'PUT' ? { body: {} } : {});
          expect([method, path, answer.status < 500 && answer.status >= 400]).toEqual([method, path, true]);
          expect(answer.json.Message).toMatch(/^ErrorCode:\w+;./);
        }
      }
    }
    for (const body of BODIES) {
      const answer = await rest.ask('PUT', '/devices/d9', { body });
      expect([body, answer.status]).toEqual([body, 400]);
    }
    for (const body of [
      '{"tags":7}',
      '{"tags":{"a.b":1}}',
      '{"properties":{"desired":[]}}',
      '{"properties":7}',
      '{"tags":{"$x":1}}',
    ]) {
      expect((await rest.ask('PATCH', '/twins/d1', { body })).status).toBe(400);
    }
    expect(await counted()).toEqual(before);
  });

  const counted = async () => [
    (await rest.ask('GET', '/statistics/devices')).json,
    (await rest.ask('GET', '/twins/d1')).json.tags,
  ];
});

describe('conventions', () => {
  it.each([
    '/devices/d1?api-version=2021-04-12',
    '/devices/d1?api-version=2099-12-31-preview',
    '/devices/d1',
    '/devices/d1/?api-version=2021-04-12',
    '/DEVICES/d1',
    '//devices//d1',
    '/devices%2Fd1?api-version=2020-09-30',
    '/devices/%64%31',
  ])('%s is the same device', async (path) => {
    const { status, json } = await rest.ask('GET', path);
    expect([status, json?.deviceId]).toEqual([200, 'd1']);
  });

  it.each(['/twins/d1', '/digitaltwins/d1', '/devices/d1'])('If-Match of %s in every spelling', async (path) => {
    const isIdentity = path.startsWith('/devices');
    const change = () =>
      path.startsWith('/digitaltwins')
        ? ['PATCH', [{ op: 'add', path: '/n', value: Math.random() }]]
        : isIdentity
          ? ['PUT', { statusReason: `${Math.random()}` }]
          : ['PATCH', { tags: { n: Math.random() } }];
    for (const spelling of ['*', '"*"', 'ETAG', '"ETAG"', 'W/"ETAG"']) {
      const etag = (await rest.ask('GET', path)).headers.etag ?? '';
      expect(etag).toMatch(/^"[A-Za-z0-9+/=]+"$/);
      const ifMatch = spelling.replace('ETAG', etag.slice(1, -1));
      const [method, body] = change() as [string, unknown];
      const answer = await rest.ask(method, path, { body, headers: { 'if-match': ifMatch } });
      expect([spelling, answer.status < 300]).toEqual([spelling, true]);
      const again = await rest.ask(method, path, { body, headers: { 'if-match': `"${etag.slice(1, -1)}"` } });
      expect(again.status).toBe(412);
    }
  });

  it('reads JSON with a byte order mark, and whatever content type it comes with', async () => {
    for (const type of ['text/plain', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded']) {
      const headers = { 'content-type': type };
      const answer = await rest.ask('PATCH', '/twins/d1', { body: '\uFEFF{"tags":{"type":1}}', headers });
      expect([type, answer.status]).toEqual([type, 200]);
    }
  });

  it('pages by headers until nothing is left', async ({ task }) => {
    proves(task, 'query.get_twins');
    const seen: string[] = [];
    let continuation: string | undefined = '';
    for (let page = 0; continuation !== undefined && page < 50; page++) {
      const headers: Record<string, string> = { 'x-ms-max-item-count': '2' };
      if (continuation !== '') headers['x-ms-continuation'] = continuation;
      const answer: RawAnswer = await rest.ask('POST', '/devices/query', {
        body: { query: 'SELECT * FROM devices' },
        headers,
      });
      expect(answer.headers['x-ms-item-type']).toBe('Twin');
      seen.push(...answer.json.map(({ deviceId }: { deviceId: string }) => deviceId));
      continuation = answer.headers['x-ms-continuation']?.toString();
    }
    const { totalDeviceCount } = (await rest.ask('GET', '/statistics/devices')).json;
    expect([seen.length, new Set(seen).size]).toEqual([totalDeviceCount, totalDeviceCount]);
  });

  it('names every answer, and refuses a broken escape in words', async () => {
    const answers = await Promise.all([
      rest.ask('GET', '/devices'),
      rest.ask('DELETE', '/devices/d1/commands'),
      rest.ask('GET', '/messages/serviceBound/feedback'),
      rest.ask('GET', '/devices/a%zz'),
    ]);
    for (const { headers } of answers) expect(headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answers.at(-1)?.headers['iothub-errorcode']).toBe('ArgumentInvalid');
  });
});
