import { createHash } from 'node:crypto';
import {
  type CertificateFacts,
  type ConnectionHistory,
  type ConsoleProblem,
  type CredentialsView,
  type DeviceDetail,
  LIMITS,
  type ModuleDetail,
  type ModuleRow,
  type QueuedCommand,
  type TwinView,
} from '@viaduct/contracts';
import { abandonCommand, lockNextCommand } from '@viaduct/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { CERTIFICATE } from '../testing/sample-certificate.ts';

const d1 = { deviceId: 'd1' };
let tested: ConsoleUnderTest;
let browser: Browser;

beforeEach(async () => {
  tested = await openConsole();
  browser = await signedInBrowser(tested);
  await browser.request('POST', '/devices', d1);
});
afterEach(() => tested.close());

async function ask<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T> {
  const answer = await browser.request(method, path, body);
  expect(answer.statusCode, `${method} ${path}: ${answer.body}`).toBeLessThan(300);
  return answer.body === '' ? (undefined as T) : answer.json<T>();
}

async function refused(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object): Promise<string> {
  return (await browser.request(method, path, body)).json<ConsoleProblem>().code;
}

function connect(moduleId?: string): FakeSession {
  const session = new FakeSession('d1', tested.clock.now(), moduleId);
  tested.hub.sessions.enter(session);
  return session;
}

describe('modules', () => {
  it('are made with keys of their own, listed, and deleted', async () => {
    const made = await ask<ModuleDetail>('POST', '/devices/d1/modules', { moduleId: 'camera' });
    expect(made.primaryConnectionString).toMatch(
      /^HostName=hub\.example;DeviceId=d1;ModuleId=camera;SharedAccessKey=.{43}=$/,
    );
    connect('camera');
    const [row, ...others] = await ask<readonly ModuleRow[]>('GET', '/devices/d1/modules');
    expect(row).toMatchObject({ moduleId: 'camera', connected: true, transport: 'mqtt', authentication: 'sas' });
    expect([others, row && 'model' in row]).toEqual([[], false]);
    expect(await refused('POST', '/devices/d1/modules', { moduleId: 'camera' })).toBe('module.exists');
    expect(await refused('POST', '/devices/nobody/modules', { moduleId: 'camera' })).toBe('device.notFound');
    expect(await refused('GET', '/devices/nobody/modules')).toBe('device.notFound');
    await ask('DELETE', '/devices/d1/modules/camera');
    expect(await refused('GET', '/devices/d1/modules/camera')).toBe('module.notFound');
  });

  it('are asked as devices are, and not taken for their device', async () => {
    await ask('POST', '/devices/d1/modules', { moduleId: 'camera' });
    await ask('PATCH', '/devices/d1/modules/camera/twin', { desired: { zoom: 3 } });
    expect((await ask<TwinView>('GET', '/devices/d1/modules/camera/twin')).desired.values).toEqual({ zoom: 3 });
    expect((await ask<TwinView>('GET', '/devices/d1/twin')).desired.values).toEqual({});
    expect(await refused('POST', '/devices/d1/modules/camera/methods', { methodName: 'blink' })).toBe(
      'device.notOnline',
    );
    connect('camera');
    await expect(ask('POST', '/devices/d1/modules/camera/methods', { methodName: 'blink' })).resolves.toMatchObject({
      status: 200,
    });
  });

  it('take commands, for an input too; a device has no inputs', async () => {
    await ask('POST', '/devices/d1/modules', { moduleId: 'camera' });
    const sent = await ask<QueuedCommand>('POST', '/devices/d1/modules/camera/commands', {
      body: '1',
      inputName: 'in',
    });
    expect(sent.inputName).toBe('in');
    expect(await ask('GET', '/devices/d1/modules/camera/commands')).toEqual([sent]);
    expect(await ask('GET', '/devices/d1/commands')).toEqual([]);
    expect(await refused('POST', '/devices/d1/commands', { body: '1', inputName: 'in' })).toBe('argument.invalid');
  });

  it('are disabled with a reason, which ends their connection and not the device’s', async () => {
    await ask('POST', '/devices/d1/modules', { moduleId: 'camera' });
    const [device, module] = [connect(), connect('camera')];
    const patch = { status: 'disabled', statusReason: 'lens is broken' };
    expect(await ask('PATCH', '/devices/d1/modules/camera', patch)).toMatchObject(patch);
    expect([device.closedWith, module.closedWith?.code]).toEqual([undefined, 'device.disabled']);
    expect(await ask('PATCH', '/devices/d1/modules/camera', { status: 'enabled', statusReason: null })).toMatchObject({
      status: 'enabled',
      statusReason: null,
    });
  });
});

describe('credentials', () => {
  it('are rotated key by key and swapped; the device is thrown out', async () => {
    const before = await ask<CredentialsView>('GET', '/devices/d1/credentials');
    const session = connect();
    const rotated = await ask<CredentialsView>('POST', '/devices/d1/credentials/rotation', { which: 'primary' });
    expect(rotated.secondaryKey).toBe(before.secondaryKey);
    expect(rotated.primaryKey).not.toBe(before.primaryKey);
    expect(rotated.primaryConnectionString).toContain(rotated.primaryKey);
    expect(session.closedWith?.code).toBe('credential.replaced');
    const swapped = await ask<CredentialsView>('POST', '/devices/d1/credentials/rotation', { which: 'swap' });
    expect([swapped.primaryKey, swapped.secondaryKey]).toEqual([rotated.secondaryKey, rotated.primaryKey]);
    const { items } = await ask<{ items: { action: string }[] }>('GET', '/audit');
    expect(items.map(({ action }) => action)).toContain('credentials.rotate.primary');
  });

  it('are changed to a certificate, and back to keys that nobody knew before', async () => {
    const before = await ask<CredentialsView>('GET', '/devices/d1/credentials');
    const thumbprint = 'AB:'.repeat(31).concat('CD');
    const own = { type: 'selfSigned', primaryThumbprint: thumbprint };
    expect(await ask('PUT', '/devices/d1/credentials', own)).toMatchObject({
      authentication: 'selfSigned',
      primaryKey: null,
      primaryThumbprint: thumbprint.replaceAll(':', ''),
      secondaryThumbprint: null,
      certificateConnectionString: 'HostName=hub.example;DeviceId=d1;x509=true',
    });
    expect(await refused('POST', '/devices/d1/credentials/rotation', { which: 'primary' })).toBe('argument.invalid');
    expect(await ask('PUT', '/devices/d1/credentials', { type: 'certificateAuthority' })).toMatchObject({
      authentication: 'certificateAuthority',
      primaryThumbprint: null,
    });
    const back = await ask<CredentialsView>('PUT', '/devices/d1/credentials', { type: 'sas' });
    expect(Buffer.from(back.primaryKey ?? '', 'base64')).toHaveLength(32);
    expect(back.primaryKey).not.toBe(before.primaryKey);
  });

  it('are refused when they are none', async () => {
    const short = { type: 'selfSigned', primaryThumbprint: 'AB' };
    expect(await refused('PUT', '/devices/d1/credentials', short)).toBe('argument.invalid');
    expect(await refused('PUT', '/devices/d1/credentials', { type: 'password' })).toBe('argument.invalid');
    expect(await refused('POST', '/devices/d1/credentials/rotation', { which: 'both' })).toBe('argument.invalid');
  });

  it('may be chosen when a device is made', async () => {
    const device = { deviceId: 'd2', authentication: { type: 'certificateAuthority' } };
    expect(await ask<DeviceDetail>('POST', '/devices', device)).toMatchObject({
      authentication: 'certificateAuthority',
      primaryConnectionString: null,
    });
  });

  it('are read from a certificate that is pasted, alone or with its chain', async () => {
    const facts = await ask<CertificateFacts>('POST', '/certificate-facts', {
      pem: `text\n${CERTIFICATE}\n${CERTIFICATE}`,
    });
    const der = Buffer.from(CERTIFICATE.replace(/-----.*-----|\n/g, ''), 'base64');
    expect(facts).toMatchObject({
      commonName: 'd1',
      sha256: createHash('sha256').update(der).digest('hex').toUpperCase(),
      sha1: createHash('sha1').update(der).digest('hex').toUpperCase(),
      isAuthority: false,
    });
    expect(Date.parse(facts.validTo)).toBeGreaterThan(Date.parse(facts.validFrom));
    for (const pem of ['', 'hello', CERTIFICATE.slice(0, -40), CERTIFICATE.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n')]) {
      expect(await refused('POST', '/certificate-facts', { pem })).toBe('argument.invalid');
    }
  });

  it('never take a private key', async () => {
    const pem = '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----';
    const answer = await browser.request('POST', '/certificate-facts', { pem });
    expect(answer.json<ConsoleProblem>().message).toContain('private key');
  });
});

describe('the queue', () => {
  const list = () => ask<readonly QueuedCommand[]>('GET', '/devices/d1/commands');

  it('shows each command’s state, what it holds and whom it is told to', async () => {
    const body = { body: '{"a":1}', contentType: 'application/json', properties: { site: 'north' }, ack: 'full' };
    await ask('POST', '/devices/d1/commands', body);
    await ask('POST', '/devices/d1/commands', { body: 'second' });
    const locked = await lockNextCommand(tested.hub, d1);
    const [first, second] = await list();
    expect(first).toMatchObject({
      state: 'delivered',
      lockedUntil: new Date(locked?.lockedUntil ?? 0).toISOString(),
      ack: 'full',
      properties: { site: 'north' },
      preview: { kind: 'json', value: { a: 1 } },
      isPreviewCut: false,
    });
    expect(second).toMatchObject({ state: 'waiting', lockedUntil: null, ack: 'none', preview: { kind: 'text' } });
    await abandonCommand(tested.hub, d1, locked?.lockToken ?? '');
    expect((await list())[0]).toMatchObject({ state: 'waiting', deliveryCount: 1 });
  });

  it('does not say that a device holds what it let go by time', async () => {
    await ask('POST', '/devices/d1/commands', { body: '1' });
    await lockNextCommand(tested.hub, d1);
    tested.clock.advance((LIMITS.COMMAND_LOCK_SECONDS + 1) * 1_000);
    expect((await list())[0]).toMatchObject({ state: 'waiting', lockedUntil: null });
  });

  it('shows the beginning of a long body, never half a character', async () => {
    await ask('POST', '/devices/d1/commands', { body: `x${'é'.repeat(4_000)}` });
    const [command] = await list();
    expect(command).toMatchObject({ isPreviewCut: true, bodyBytes: 8_001, preview: { kind: 'text' } });
    expect(command?.preview.value).toMatch(/^xé+$/);
  });

  it('is emptied, what is in the device’s hands included', async () => {
    for (const body of ['1', '2', '3']) await ask('POST', '/devices/d1/commands', { body });
    await lockNextCommand(tested.hub, d1);
    expect(await ask('DELETE', '/devices/d1/commands')).toEqual({ purged: 3 });
    expect(await list()).toEqual([]);
  });
});

describe('connections', () => {
  it('are told newest first: how long, from where, and why they ended with what to do', async () => {
    expect(await ask('GET', '/devices/d1/connections')).toEqual({ stays: [], knownSince: null });
    const session = connect();
    await ask('POST', '/devices/d1/credentials/rotation', { which: 'primary' });
    tested.hub.sessions.leave(session, session.closedWith ?? null, tested.clock.now());
    tested.clock.advance(1_000);
    connect();
    const { stays } = await ask<ConnectionHistory>('GET', '/devices/d1/connections');
    expect(stays).toMatchObject([
      { disconnectedAt: null, reason: null, transport: 'mqtt', remoteAddress: '127.0.0.1' },
      {
        disconnectedAt: expect.any(String),
        reason: { code: 'credential.replaced', advice: expect.stringMatching(/./) },
      },
    ]);
  });

  it('of a module are not its device’s', async () => {
    await ask('POST', '/devices/d1/modules', { moduleId: 'camera' });
    connect('camera');
    expect((await ask<ConnectionHistory>('GET', '/devices/d1/connections')).stays).toEqual([]);
    expect((await ask<ConnectionHistory>('GET', '/devices/d1/modules/camera/connections')).stays).toHaveLength(1);
    expect(await refused('GET', '/devices/nobody/connections')).toBe('device.notFound');
  });
});
