import { describe, expect, it } from 'vitest';
import { deviceCode } from './device-code.ts';
import { CERTIFICATE_FILE, KEY_FILE, provisioningSnippets } from './provisioning-snippets.ts';

const KEY = btoa('a key of thirty-two bytes, or so');
const FACTS = { idScope: '0ne00ABCDEF', hostName: 'hub.local', registrationId: 'dev1', key: KEY };

describe('provisioningSnippets', () => {
  it('are complete: each names the host, the id scope, the device and its credential', () => {
    for (const { before, text } of provisioningSnippets(FACTS)) {
      for (const part of ['0ne00ABCDEF', 'dev1', KEY]) expect(text).toContain(part);
      expect(before + text).toContain('hub.local');
      expect(before + text).toContain('viaduct-ca.pem');
    }
  });

  it('have no key for a device with a certificate, but where its files are', () => {
    for (const { before, text } of provisioningSnippets({ ...FACTS, key: null })) {
      expect(before + text).toContain(CERTIFICATE_FILE);
      expect(text).not.toMatch(/symmetric/i);
      expect(text).not.toContain('null,');
    }
    const node = provisioningSnippets({ ...FACTS, key: null }).find(({ id }) => id === 'node')?.text;
    expect(node).toContain(KEY_FILE);
  });
});

describe('deviceCode', () => {
  const connection = { hostName: 'hub.local', caSha256: 'AA:BB', ports: { mqtt: 8_883, amqp: 5_671, https: 443 } };
  const device = { idScope: '0ne00ABCDEF', registrationId: 'dev1', key: KEY };

  it('holds what a device needs, and ports only where they are not the standard ones', () => {
    expect(deviceCode(connection, device)).toEqual({
      kind: 'viaduct.provisioning/1',
      host: 'hub.local',
      idScope: '0ne00ABCDEF',
      registrationId: 'dev1',
      deviceId: 'dev1',
      symmetricKey: KEY,
      key: KEY,
      caSha256: 'AABB',
    });
    const ports = { mqtt: 8_884, amqp: 5_671, https: 8_443 };
    expect(deviceCode({ ...connection, ports }, { ...device, key: null })).toMatchObject({ ports });
  });
});
