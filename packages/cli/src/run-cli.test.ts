import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hubConnectionString, type ReadyFile } from '@viaduct/contracts';
import { openCertificates } from '@viaduct/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from './exit-code.ts';
import { explainFailure } from './explain-failure.ts';
import { provisioningRefusal } from './provisioning-dialect.ts';
import { runCli } from './run-cli.ts';

/** A hub's REST side of a few answers, over real TLS, and the data folder of "its" server. */
let data: string;
let close: () => void;
const asked: { readonly method: string; readonly url: string; readonly body: string; readonly ifMatch: string }[] = [];

const DEVICE = {
  deviceId: 'pump-1',
  status: 'enabled',
  connectionState: 'Connected',
  lastActivityTime: '2026-11-23T12:00:00Z',
  cloudToDeviceMessageCount: 2,
  etag: 'MTIz',
  authentication: { type: 'sas', symmetricKey: { primaryKey: 'cHJpbWFyeQ==', secondaryKey: 'c2Vjb25kYXJ5' } },
};

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'viaduct-cli-'));
  const certificate = await openCertificates(join(data, 'tls'), ['127.77.3.1'], Date.now());
  const server = createServer({ key: certificate.key, cert: certificate.certificate }, (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '' } = request;
      asked.push({ method, url, body, ifMatch: String(request.headers['if-match'] ?? '') });
      const [status, value] = answer(method, url.split('?')[0] ?? '');
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(value === undefined ? '' : JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.77.3.1', resolve));
  close = () => server.close();
  const { port } = server.address() as AddressInfo;
  const ready: ReadyFile = {
    hostName: '127.77.3.1',
    hubConnectionString: hubConnectionString('127.77.3.1', 'iothubowner', 'a2V5'),
    eventHubsConnectionString:
      'Endpoint=sb://127.77.3.1/;SharedAccessKeyName=iothubowner;SharedAccessKey=a2V5;EntityPath=e',
    provisioning: {
      idScope: '0NE00000001',
      serviceConnectionString: hubConnectionString('127.77.3.1', 'provisioningserviceowner', 'a2V5'),
      deviceEndpoint: '127.77.3.1',
    },
    central: { url: `https://127.77.3.1:${port}/api`, apiToken: 'SharedAccessSignature sr=x' },
    caFile: certificate.caFile,
    consoleUrl: 'https://127.77.3.1/console/',
    adminLink: null,
    ports: { mqtt: 8883, amqp: 5671, https: port },
    pid: process.pid,
    version: '0',
  };
  await writeFile(join(data, 'server.json'), JSON.stringify(ready));
});

afterAll(async () => {
  close();
  await rm(data, { recursive: true });
});

function answer(method: string, path: string): [number, unknown?] {
  if (path === '/devices') return [200, [DEVICE]];
  if (path === '/devices/taken') return [409, { Message: 'ErrorCode:DeviceAlreadyExists;taken exists' }];
  if (path === '/devices/secret') return [401, { Message: 'ErrorCode:IotHubUnauthorizedAccess;not allowed' }];
  if (path === '/twins/pump-1/methods') return [200, { status: 404, payload: { error: 'no such method' } }];
  if (path === '/twins/asleep/methods') return [404, { Message: 'ErrorCode:DeviceNotOnline;asleep is not connected' }];
  if (path === '/devices/pump-1') return method === 'DELETE' ? [204] : [200, DEVICE];
  return [404, { Message: 'ErrorCode:DeviceNotFound;there is no such device' }];
}

async function cli(...args: string[]) {
  let out = '';
  let err = '';
  const code = await runCli(args, {
    streams: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      errIsTerminal: false,
    },
    env: { VIADUCT_DATA: data },
    stop: new AbortController().signal,
    runTrusting: async () => 0,
  });
  return { code, out, err };
}

describe('viaduct device', () => {
  it('lists devices as a table for people', async () => {
    const { code, out } = await cli('device', 'list');
    expect(code).toBe(ExitCode.ok);
    expect(out).toBe(
      'DEVICE  STATUS   CONNECTED  QUEUED  LAST SEEN\npump-1  enabled  yes        2       2026-11-23T12:00:00Z\n',
    );
  });

  it('lists them as one JSON value for scripts, without keys', async () => {
    const { out } = await cli('device', 'list', '--json');
    const [device] = JSON.parse(out);
    expect(device).toMatchObject({ deviceId: 'pump-1', authentication: { type: 'sas' } });
    expect(out).not.toContain('cHJpbWFyeQ==');
  });

  it('adds a device and prints what it connects with', async () => {
    const { code, out } = await cli('device', 'add', 'pump-1', '--json');
    expect(code).toBe(ExitCode.ok);
    expect(JSON.parse(out)).toEqual({
      deviceId: 'pump-1',
      status: 'enabled',
      connectionString: 'HostName=127.77.3.1;DeviceId=pump-1;SharedAccessKey=cHJpbWFyeQ==',
    });
  });

  it('removes whatever version there is', async () => {
    const { out } = await cli('device', 'remove', 'pump-1');
    expect(out).toBe('removed pump-1\n');
    expect(asked.at(-1)).toMatchObject({ method: 'DELETE', ifMatch: '"*"' });
  });

  it('rotates a key only while the device is as it was read', async () => {
    const { code, out } = await cli('device', 'rotate-key', 'pump-1', '--which', 'swap', '--json');
    expect(code).toBe(ExitCode.ok);
    expect(JSON.parse(out)).toMatchObject({ primaryConnectionString: expect.stringContaining('DeviceId=pump-1') });
    const { method, body, ifMatch } = asked.at(-1) ?? { body: '' };
    expect([method, ifMatch]).toEqual(['PUT', '"MTIz"']);
    expect(JSON.parse(body).authentication.symmetricKey).toEqual({
      primaryKey: 'c2Vjb25kYXJ5',
      secondaryKey: 'cHJpbWFyeQ==',
    });
    await cli('device', 'rotate-key', 'pump-1', '--which', 'primary');
    expect(JSON.parse(asked.at(-1)?.body ?? '').authentication.symmetricKey.primaryKey).toBe('');
    expect((await cli('device', 'rotate-key', 'pump-1')).code).toBe(ExitCode.usage);
  });
});

describe('the exit code', () => {
  it('tells refused, not found, not reachable and wrong usage apart', async () => {
    expect((await cli('device', 'add', 'taken')).code).toBe(ExitCode.refused);
    expect((await cli('device', 'show', 'secret')).code).toBe(ExitCode.refused);
    expect((await cli('device', 'show', 'nobody')).code).toBe(ExitCode.notFound);
    expect((await cli('invoke', 'asleep', 'blink')).code).toBe(ExitCode.unreachable);
    expect((await cli('device', 'list', '--data', '/nowhere')).code).toBe(ExitCode.unreachable);
    expect((await cli('device', 'list', '--top', 'many')).code).toBe(ExitCode.usage);
    expect((await cli('device', 'paint')).code).toBe(ExitCode.usage);
    expect((await cli('invoke', 'pump-1', 'blink', '{seconds: 5}')).code).toBe(ExitCode.usage);
    expect((await cli('--help')).code).toBe(ExitCode.ok);
  });

  it('says refused when the device does, and prints its answer all the same', async () => {
    const { code, out } = await cli('invoke', 'pump-1', 'paint', '{"colour":"red"}', '--json');
    expect(code).toBe(ExitCode.refused);
    expect(JSON.parse(out)).toEqual({ status: 404, payload: { error: 'no such method' } });
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({
      methodName: 'paint',
      payload: { colour: 'red' },
      responseTimeoutInSeconds: 30,
      connectTimeoutInSeconds: 0,
    });
  });

  it('is unreachable, with what to do, when the certificate is not trusted', async () => {
    const { code, err } = await cli('device', 'list', '--ca', new URL('../package.json', import.meta.url).pathname);
    expect(code).toBe(ExitCode.unreachable);
    expect(err).toContain('--ca FILE');
  });
});

describe('an error', () => {
  it('says what happened and what to do next', async () => {
    const { out, err } = await cli('device', 'show', 'nobody');
    expect(out).toBe('');
    expect(err).toBe(
      'error: there is no such device\n       Create the device first, or correct its id; ids are case-sensitive.\n',
    );
  });

  it('is one JSON line on standard error with --json', async () => {
    const { out, err } = await cli('device', 'show', 'nobody', '--json');
    expect(out).toBe('');
    expect(JSON.parse(err)).toEqual({
      error: {
        exitCode: 4,
        code: 'device.notFound',
        message: 'there is no such device',
        advice: 'Create the device first, or correct its id; ids are case-sensitive.',
      },
    });
  });
});

describe('viaduct connection-string', () => {
  it("prints the hub's, the Event Hubs endpoint's and a device's", async () => {
    expect((await cli('connection-string')).out).toBe(
      'HostName=127.77.3.1;SharedAccessKeyName=iothubowner;SharedAccessKey=a2V5\n',
    );
    expect((await cli('connection-string', '--event-hubs')).out).toContain('EntityPath=e\n');
    expect((await cli('connection-string', '--device', 'pump-1', '--secondary')).out).toBe(
      'HostName=127.77.3.1;DeviceId=pump-1;SharedAccessKey=c2Vjb25kYXJ5\n',
    );
  });
});

describe('viaduct enrollment derive-key', () => {
  // Source: Azure DPS, "How to use symmetric keys with enrollment groups", the worked example.
  const GROUP_KEY = '8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==';
  const derive = (id: string, key: string) => cli('enrollment', 'derive-key', id, '--key', key, '--data', '/nowhere');

  it('computes the published example without a server, in whatever case the id is written', async () => {
    for (const id of ['sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6', 'SN-007-888-ABC-MAC-A1-B2-C3-D4-E5-F6']) {
      const { code, out } = await derive(id, GROUP_KEY);
      expect([code, out]).toEqual([ExitCode.ok, 'Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=\n']);
    }
  });

  it('says what is wrong with half a key, and with none', async () => {
    expect((await derive('d1', 'not base64!')).err).toContain('the key is not base64');
    expect((await cli('enrollment', 'derive-key', 'd1')).code).toBe(ExitCode.usage);
  });
});

describe('a refusal of provisioning', () => {
  it('is told with its row where the number has one, else by its status', () => {
    const gone = provisioningRefusal(404, { errorCode: 404201, message: 'there is no "a"' });
    expect(explainFailure(gone)).toMatchObject({ exitCode: ExitCode.notFound, code: 'enrollment.notFound' });
    const unauthorized = explainFailure(provisioningRefusal(401, { errorCode: 401002, message: 'Unauthorized' }));
    expect(unauthorized).toMatchObject({ exitCode: ExitCode.refused, code: null, message: 'Unauthorized' });
    expect(unauthorized.advice).toContain('connection-string --provisioning');
    const proxy = explainFailure(provisioningRefusal(503, '<html>'));
    expect(proxy).toMatchObject({ exitCode: ExitCode.unreachable, message: '<html>' });
    expect(explainFailure(provisioningRefusal(500, {})).message).toBe('the server answered 500');
  });
});

describe('viaduct ca', () => {
  it('prints the root and a line for each SDK', async () => {
    const { code, out } = await cli('ca');
    expect(code).toBe(ExitCode.ok);
    expect(out).toContain('-----BEGIN CERTIFICATE-----');
    expect(out).toContain('NODE_EXTRA_CA_CERTS=');
  });
});

describe('viaduct --version', () => {
  it('is the version of the package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect((await cli('--version')).out).toBe(`${manifest.version}\n`);
  });
});

describe('viaduct --help', () => {
  it('loads none of the SDKs, so that it is quick', async () => {
    // In a process of its own: in this one other tests may have loaded them.
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--import', 'tsx', '--import', `data:text/javascript,${encodeURIComponent(LIST_LOADED)}`],
      ...[main, '--help'],
    ]);
    expect(stdout).toContain('simulate');
    const [, loaded = ''] = stdout.split(LOADED);
    expect(loaded).toContain('/commander/');
    expect(loaded.split('\n').filter((file) => file.includes('/azure-iot'))).toEqual([]);
  });
});

const LOADED = 'loaded:';
/** Says at the end of a process which CommonJS modules it loaded: what the SDKs are made of. */
const LIST_LOADED = `
  import { createRequire } from 'node:module';
    const { cache } = createRequire(process.cwd() + '/');
  process.on('exit', () => console.log('${LOADED}' + Object.keys(cache).join('\\n')));
`;
