import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AGENT_SETTINGS, parseIntervalSeconds, readConfig } from './config.ts';

const connectionString = 'HostName=hub;DeviceId=d1;SharedAccessKey=a2V5a2V5==';

describe('readConfig', () => {
  it('takes the connection string and samples every second by default', () => {
    expect(readConfig({ VIADUCT_DEVICE_CONNECTION_STRING: connectionString })).toEqual({
      kind: 'config',
      config: { connectionString, intervalSeconds: 1 },
    });
  });

  it('reports all faults at once', () => {
    const result = readConfig({
      VIADUCT_DEVICE_CONNECTION_STRING: 'HostName=hub',
      VIADUCT_TELEMETRY_INTERVAL_SECONDS: 'often',
    });
    expect(result).toEqual({
      kind: 'faults',
      faults: [
        'VIADUCT_DEVICE_CONNECTION_STRING has no DeviceId',
        'VIADUCT_DEVICE_CONNECTION_STRING has no SharedAccessKey',
        'VIADUCT_TELEMETRY_INTERVAL_SECONDS: the interval must be a number of seconds from 0.2 to 3600',
      ],
    });
  });

  it('has every setting in the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    for (const name of Object.keys(AGENT_SETTINGS)) expect(readme).toContain(`\`${name}\``);
  });
});

describe('parseIntervalSeconds', () => {
  it('accepts both ends of the range and nothing beyond', () => {
    expect(parseIntervalSeconds(0.2)).toEqual({ kind: 'interval', seconds: 0.2 });
    expect(parseIntervalSeconds(3600)).toEqual({ kind: 'interval', seconds: 3600 });
    for (const value of [0.19, 3600.1, Number.NaN, Number.POSITIVE_INFINITY, '5', null]) {
      expect(parseIntervalSeconds(value)).toMatchObject({ kind: 'refused' });
    }
  });
});
