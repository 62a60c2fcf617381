import { parseSas } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { makeDeviceSas, SNIPPET_TOKEN_SECONDS } from './device-sas.ts';
import { masked, snippets } from './snippets.ts';

const KEY = btoa('a key of thirty-two bytes, or so');
const CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const FACTS = {
  deviceId: "o'brien",
  connection: { hostName: 'hub.local', ports: { mqtt: 8_884, amqp: 5_671, https: 443 }, caPem: CA },
  connectionString: `HostName=hub.local;DeviceId=o'brien;SharedAccessKey=${KEY}`,
  sas: 'SharedAccessSignature sr=hub.local&sig=secret%3D&se=1',
};

describe('snippets', () => {
  it('are complete: each names the host, the device and its credential', () => {
    for (const { text } of snippets(FACTS)) {
      expect(text).toContain('hub.local');
      expect(text.includes(KEY) || text.includes('sig=secret')).toBe(true);
    }
  });

  it('quote for the shell, so that an id with an apostrophe is an id', () => {
    const mqtt = snippets(FACTS).find(({ id }) => id === 'mqtt')?.text;
    expect(mqtt).toContain(`-i 'o'\\''brien'`);
    expect(mqtt).toContain('-p 8884');
  });

  it('need one line, nothing beside it, where nothing is to be installed', () => {
    const text = snippets(FACTS)[0]?.text ?? '';
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(text).toContain(String.raw`'-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'`);
    expect(text).toContain("'https://hub.local/devices/o'\\''brien/messages/events?api-version=2021-04-12'");
  });

  it('hide the key when shown, in connection strings and in tokens', () => {
    const shown = masked(`${FACTS.connectionString} ${FACTS.sas}`);
    expect(shown).not.toContain(KEY);
    expect(shown).not.toContain('secret');
    expect(shown).toContain('hub.local');
  });
});

describe('makeDeviceSas', () => {
  it('signs what a hub verifies', async () => {
    const token = parseSas(await makeDeviceSas('hub.local', 'd 1', KEY, 1_800_000_000_000));
    // Computed with Python's hmac over the same text.
    expect(token.signature).toBe('oG74WJf2TNfnnH3oQb5PNZbMYrKxiennJsPwMssK4fA=');
    expect(token.resource).toBe('hub.local/devices/d 1');
    expect(token.expiresAtSeconds).toBe(1_800_000_000 + SNIPPET_TOKEN_SECONDS);
  });
});
