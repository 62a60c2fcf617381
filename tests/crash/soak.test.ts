import { describe, expect, it } from 'vitest';
import { runSoak } from '../../soak/run-soak.ts';

/**
 * The soak's promises in a minute: devices on every transport and with the official clients, connections cut, the server
 * killed once in the middle. `npm run soak` is the same for half an hour, and looks at memory too.
 */
describe('a fleet on all transports', () => {
  it('loses no acknowledged message and no accepted command to a kill -9', { timeout: 240_000 }, async () => {
    const options = { devices: 60, minutes: 1 / 3, intervalSeconds: 0.5, cutsPerSecond: 2, kills: 1 };
    const began = performance.now();
    const said: string[] = [];
    const report = await runSoak(options, (text) => {
      said.push(`${Math.round((performance.now() - began) / 1_000)} s ${text}`);
    });
    console.log(`${report.acknowledged} messages, ${report.commandsAccepted} commands; ${said.join('; ')}`);
    expect(report).toMatchObject({ missing: 0, gaps: [], commandsMissing: [], exitCode: 0 });
    expect(report.commandsAccepted).toBeGreaterThan(0);
    expect(Object.values(report.connects).filter(({ connects }) => connects === 0)).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(500);
  });
});
