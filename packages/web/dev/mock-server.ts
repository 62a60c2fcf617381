import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type DeviceDetail,
  ERRORS,
  type ErrorCode,
  type KeyRotation,
  type LiveEvent,
  type QueuedCommand,
  type TwinView,
} from '@viaduct/contracts';
import { bodyOf, CONNECTION, newDevice, section, seedDevices, seedTwin } from './mock-data.ts';
import { addModule, changeCredentials, credentialsOf, FILES, historyOf, modulesOf, rotate } from './mock-identity.ts';
import { provisioning, startAttempts } from './mock-provisioning.ts';

/**
 * The console's interface over simulated devices, for looking at pages without a server. Development only.
 *
 *     npx vite build && npx tsx dev/mock-server.ts [port]
 *
 * Any name and password signs in. `quiet-sluice-77` is refused every five seconds until a method is called on it.
 */
const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const devices = seedDevices();
const twins = new Map<string, TwinView>();
const listeners = new Set<(event: LiveEvent, id: string) => void>();
const queues = new Map<string, readonly QueuedCommand[]>();
let sequence = 1;
let signedIn = true;

const twinOf = (deviceId: string): TwinView => {
  const twin = twins.get(deviceId) ?? seedTwin(deviceId);
  twins.set(deviceId, twin);
  return twin;
};
const session = { userName: 'admin', role: 'administrator', csrfToken: 'mock' };

function telemetry(deviceId: string, t: number): LiveEvent {
  const value = bodyOf(deviceId, t);
  return {
    kind: 'telemetry',
    deviceId,
    moduleId: null,
    partition: 1,
    offset: t,
    enqueuedTime: new Date(t * 1_000).toISOString(),
    bodyBytes: JSON.stringify(value).length,
    body: { kind: 'json', value },
    contentType: 'application/json',
    component: null,
    systemProperties: { 'iothub-connection-device-id': deviceId, 'iothub-message-source': 'Telemetry' },
    properties: t % 7 === 0 ? { alert: 'true' } : {},
  };
}

const refusal = () => ({
  at: new Date().toISOString(),
  firstAt: '2026-11-23T15:00:00.000Z',
  count: 4,
  code: 'credential.signatureMismatch' as const,
  message: 'the token is signed with another key than this device has',
  advice: ERRORS['credential.signatureMismatch'].advice,
  transport: 'mqtt',
  remoteAddress: '192.168.1.40',
});

function emit(event: LiveEvent): void {
  for (const listener of listeners) listener(event, String(sequence++));
}

startAttempts(emit);
setInterval(() => {
  const t = Math.floor(Date.now() / 1_000);
  const seen: Record<string, string> = {};
  for (const device of devices.values()) {
    if (!device.connected) continue;
    seen[device.deviceId] = new Date().toISOString();
    emit(telemetry(device.deviceId, t));
  }
  if (t % 5 === 0 && devices.get('quiet-sluice-77')?.connected === false) {
    emit({ kind: 'refusal', deviceId: 'quiet-sluice-77', refusal: refusal() });
  }
  const connected = [...devices.values()].filter((device) => device.connected).length;
  emit({ kind: 'tick', at: new Date().toISOString(), connected, messagesPerSecond: connected, seen });
}, 1_000);

function live(url: URL, request: IncomingMessage, response: ServerResponse): void {
  const wanted = url.searchParams.get('deviceId');
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const write = (event: LiveEvent, id: string) => {
    response.write(`event: ${event.kind}\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  if (wanted !== null && devices.get(wanted)?.connected === true) {
    const now = Math.floor(Date.now() / 1_000);
    const since = now - Number(url.searchParams.get('sinceSeconds') ?? 0);
    for (let t = since; t <= now; t += 1) if (t % 300 > 25 || now - t < 30) write(telemetry(wanted, t), '0');
  }
  write({ kind: 'caughtUp' }, '0');
  const listener = (event: LiveEvent, id: string) => {
    const deviceId = 'deviceId' in event ? event.deviceId : null;
    if (deviceId !== null && deviceId !== wanted && event.kind !== 'presence' && event.kind !== 'registry') return;
    write(event, id);
  };
  listeners.add(listener);
  request.on('close', () => listeners.delete(listener));
}

type Answer = unknown;

function problem(response: ServerResponse, code: ErrorCode, message: string): Answer {
  const { http, advice } = ERRORS[code];
  return json(response, { code, message, advice, trackingId: 'mock-7f3a' }, http);
}

function json(response: ServerResponse, value: unknown, status = 200): Answer {
  response.writeHead(status, { 'content-type': 'application/json' });
  return response.end(status === 204 ? undefined : JSON.stringify(value));
}

async function bodyFrom(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

async function api(path: string, url: URL, request: IncomingMessage, response: ServerResponse): Promise<Answer> {
  const method = request.method ?? 'GET';
  const body = method === 'GET' ? {} : await bodyFrom(request);
  if (path === '/setup') {
    if (method === 'GET' && url.searchParams.get('token') === 'bad') {
      return problem(response, 'console.linkInvalid', 'this link was used already');
    }
    return json(
      response,
      method === 'GET' ? { kind: 'firstAdministrator', expiresAt: '2030-01-01T00:00:00Z' } : session,
    );
  }
  if (path === '/session') {
    if (method === 'POST' && body.password === 'wrong')
      return problem(response, 'console.signInFailed', 'wrong name or password');
    signedIn = method === 'POST' ? true : method === 'DELETE' ? false : signedIn;
    if (method === 'DELETE') return json(response, null, 204);
  }
  if (!signedIn) return problem(response, 'console.signedOut', 'the session has ended');
  if (path === '/session') return json(response, session);
  if (path === '/live') return live(url, request, response);
  if (path === '/connection') return json(response, CONNECTION);
  if (path === '/ca.pem') return response.end(CONNECTION.caPem);
  if (path === '/overview') {
    const connected = [...devices.values()].filter((device) => device.connected).length;
    const log = { available: true, reason: null };
    const thisMachine = 'this-machine';
    return json(response, {
      devices: devices.size,
      connected,
      messagesPerSecond: connected,
      log,
      version: '0.1.0',
      thisMachine,
    });
  }
  if (path.startsWith('/provisioning')) {
    const answer = provisioning(method, path.slice('/provisioning'.length), body);
    return answer === undefined ? problem(response, 'enrollment.notFound', path) : json(response, answer);
  }
  if (path === '/certificates') return json(response, []);
  if (path === '/devices') return method === 'GET' ? list(url, response) : create(String(body.deviceId), response);
  const [, , id = '', part = '', ...rest] = path.split('/').map(decodeURIComponent);
  if (part === 'modules') return module(id, rest, method, body, response);
  if (part === 'files' && method === 'GET') return files(rest[0], url, response);
  return device(id, [part, ...rest].filter((word) => word !== '').join('/'), method, body, response);
}

function files(content: string | undefined, url: URL, response: ServerResponse): Answer {
  if (content === undefined) return json(response, { items: FILES.map(({ text: _text, ...file }) => file) });
  const known = FILES.find(({ name }) => name === url.searchParams.get('name'));
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' });
  return response.end(known?.text);
}

function module(
  deviceId: string,
  [moduleId, ...part]: readonly string[],
  method: string,
  body: Record<string, unknown>,
  response: ServerResponse,
): Answer {
  const known = modulesOf(deviceId);
  if (moduleId === undefined) {
    return json(response, method === 'POST' ? addModule(deviceId, String(body.moduleId)) : [...known.values()]);
  }
  const found = known.get(moduleId);
  if (found === undefined) return problem(response, 'module.notFound', `there is no module ${moduleId}`);
  if (part.length === 0 && method === 'DELETE') {
    known.delete(moduleId);
    return json(response, null, 204);
  }
  if (part.length === 0) return json(response, found);
  return ofIdentity(`${deviceId}/${moduleId}`, found, `${method} ${part.join('/')}`, body, response);
}

/** What devices and modules have alike. */
function ofIdentity(
  key: string,
  known: DeviceDetail,
  asked: string,
  body: Record<string, unknown>,
  response: ServerResponse,
): Answer {
  const credentials = credentialsOf(key, known);
  switch (asked) {
    case 'GET credentials':
      return json(response, credentials);
    case 'PUT credentials':
      return json(response, changeCredentials(key, credentials, body as never));
    case 'POST credentials/rotation':
      return json(response, rotate(key, credentials, body.which as KeyRotation));
    case 'GET connections':
      return json(response, historyOf(known));
    case 'GET twin':
      return json(response, twinOf(key));
    case 'PATCH twin':
      return json(response, patchTwin(key, body.desired as Record<string, unknown>));
    case 'GET commands':
      return json(response, queues.get(key) ?? []);
    case 'POST commands':
      return json(response, queue(key, body));
    case 'DELETE commands': {
      const purged = queues.get(key)?.length ?? 0;
      queues.delete(key);
      return json(response, { purged });
    }
    default:
      return problem(response, 'route.notFound', asked);
  }
}

/** Every third is in the device's hands. */
function queue(key: string, body: Record<string, unknown>): QueuedCommand {
  const now = Date.now();
  const isHeld = sequence % 3 === 0;
  const queued: QueuedCommand = {
    messageId: `command-${sequence}`,
    sequenceNumber: sequence++,
    enqueuedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + Number(body.ttlSeconds ?? 3_600) * 1_000).toISOString(),
    deliveryCount: 0,
    state: isHeld ? 'delivered' : 'waiting',
    lockedUntil: isHeld ? new Date(now + 60_000).toISOString() : null,
    ack: 'none',
    contentType: null,
    inputName: null,
    properties: {},
    bodyBytes: String(body.body).length,
    preview: { kind: 'text', value: String(body.body) },
    isPreviewCut: false,
  };
  queues.set(key, [...(queues.get(key) ?? []), queued]);
  return queued;
}

function list(url: URL, response: ServerResponse): Answer {
  const [search, state] = [url.searchParams.get('search') ?? '', url.searchParams.get('state')];
  const [limit, from] = [Number(url.searchParams.get('limit') ?? 50), Number(url.searchParams.get('cursor') ?? 0)];
  const found = [...devices.values()].filter((row) => {
    if (!row.deviceId.includes(search)) return false;
    return (
      state === null || (state === 'disabled' ? row.status === 'disabled' : row.connected === (state === 'connected'))
    );
  });
  const items = found.slice(from, from + limit);
  const next = from + limit < found.length ? { cursor: String(from + limit) } : {};
  return json(response, { items, total: found.length, ...next });
}

function create(deviceId: string, response: ServerResponse): Answer {
  if (devices.has(deviceId)) return problem(response, 'device.exists', `there is already a device ${deviceId}`);
  devices.set(deviceId, newDevice(deviceId));
  emit({ kind: 'registry', deviceId, change: 'created' });
  setTimeout(() => connect(deviceId), 6_000);
  return json(response, devices.get(deviceId));
}

function connect(deviceId: string): void {
  const at = new Date().toISOString();
  const known = devices.get(deviceId);
  if (known === undefined) return;
  devices.set(deviceId, { ...known, connected: true, connectedSince: at, lastSeen: at, transport: 'mqtt' });
  emit({ kind: 'presence', deviceId, connected: true, at, reason: null });
}

function device(
  id: string,
  part: string,
  method: string,
  body: Record<string, unknown>,
  response: ServerResponse,
): Answer {
  if (part === 'refusals') return json(response, id === 'quiet-sluice-77' ? [refusal()] : []);
  const known = devices.get(id);
  if (known === undefined) return problem(response, 'device.notFound', `there is no device ${id}`);
  switch (`${method} ${part}`) {
    case 'GET ':
      return json(response, known);
    case 'PATCH ': {
      const changed = { ...known, ...body } as DeviceDetail;
      devices.set(id, changed);
      return json(response, changed);
    }
    case 'DELETE ':
      devices.delete(id);
      emit({ kind: 'registry', deviceId: id, change: 'deleted' });
      return json(response, null, 204);
    case 'POST methods':
      if (id === 'quiet-sluice-77') connect(id);
      if (!known.connected) return problem(response, 'device.notOnline', `${id} is not connected`);
      return json(response, {
        status: 200,
        payload: { did: body.methodName, with: body.payload },
        durationMs: 23.4,
      });
    default:
      return ofIdentity(id, known, `${method} ${part}`, body, response);
  }
}

/** The simulated device accepts everything after two seconds. */
function patchTwin(id: string, patch: Record<string, unknown>): TwinView {
  const twin = twinOf(id);
  const at = () => ({ $lastUpdated: new Date().toISOString() });
  const values = Object.fromEntries(
    Object.entries({ ...twin.desired.values, ...patch }).filter(([, value]) => value !== null),
  );
  const stamps = Object.fromEntries(Object.keys(patch).map((name) => [name, at()]));
  const desired = section(twin.desired.version + 1, values, { ...twin.desired.metadata, ...stamps });
  const asked = { ...twin, version: twin.version + 1, desired };
  twins.set(id, asked);
  setTimeout(() => {
    const answers = Object.fromEntries(
      Object.entries(patch).map(([name, value]) => [name, { value, ac: 200, av: desired.version, ad: 'done' }]),
    );
    const now = twinOf(id);
    const metadata = {
      ...now.reported.metadata,
      ...Object.fromEntries(Object.keys(patch).map((name) => [name, at()])),
    };
    const reported = section(now.reported.version + 1, { ...now.reported.values, ...answers }, metadata);
    const answered = { ...now, version: now.version + 1, reported };
    twins.set(id, answered);
    emit({ kind: 'twin', deviceId: id, twin: answered });
  }, 2_000);
  return asked;
}

async function page(path: string, response: ServerResponse): Promise<void> {
  const { contentSecurityPolicy } = JSON.parse(await readFile(join(DIST, 'csp.json'), 'utf8'));
  const wanted = normalize(path.replace(/^\/console\//, ''));
  const file = extname(wanted) === '' ? 'index.html' : wanted;
  const bytes = await readFile(join(DIST, file)).catch(() => null);
  response.writeHead(bytes === null ? 404 : 200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': contentSecurityPolicy,
  });
  response.end(bytes);
}

const port = Number(process.argv[2] ?? 4_180);
createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const isApi = url.pathname.startsWith('/console/api/');
  const answered = isApi ? api(url.pathname.slice(12), url, request, response) : page(url.pathname, response);
  answered.catch((error: unknown) => json(response, { error: String(error) }, 500));
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/console/`));
