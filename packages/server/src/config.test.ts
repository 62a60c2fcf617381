import { describe, expect, it } from 'vitest';
import { describeServeFlags, parseServeFlags } from './parse-serve-flags.ts';
import { StartFault } from './start-fault.ts';

describe('parseServeFlags', () => {
  it('works on a laptop without being told anything', () => {
    expect(parseServeFlags([], {})).toMatchObject({ mqttPort: 8883, amqpPort: 5671, httpsPort: 443, agent: true });
  });

  it('takes a flag before the environment, and the environment before the default', () => {
    const env = { VIADUCT_PARTITIONS: '8', VIADUCT_LOG_LEVEL: 'warn' };
    const config = parseServeFlags(['--partitions', '2'], env);
    expect([config.partitions, config.logLevel, config.mqttPort]).toEqual([2, 'warn', 8883]);
  });

  it('reports every fault at once', () => {
    const faults = faultOf(() =>
      parseServeFlags(['--bind', 'nowhere', '--mqtt-port', '99999'], { VIADUCT_AGENT: 'maybe' }),
    );
    expect(faults.message).toMatch(/3 faults[\s\S]*--bind[\s\S]*--mqtt-port[\s\S]*VIADUCT_AGENT/);
    expect(faults.exitCode).toBe(2);
  });

  it('shows the options to whoever misspells one', () => {
    expect(faultOf(() => parseServeFlags(['--bnd', '127.0.0.1'], {})).message).toContain('--bind ADDR');
  });

  it('refuses half a certificate, two listeners on one port and a short key', () => {
    const args = ['--tls-key', 'key.pem', '--amqp-port', '8883'];
    expect(faultOf(() => parseServeFlags(args, { VIADUCT_ENCRYPTION_KEY: 'c2hvcnQ=' })).message).toContain('3 faults');
  });

  it('has AMQP without TLS only where its port is named', () => {
    expect(parseServeFlags([], {}).amqpPlainPort).toBeUndefined();
    expect(faultOf(() => parseServeFlags(['--amqp-plain-bind', '192.0.2.1'], {})).message).toContain('give the port');
    const same = ['--amqp-plain-port', '5671'];
    expect(faultOf(() => parseServeFlags(same, {})).message).toContain('must differ');
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(parseServeFlags([], {}))).toBe(true);
  });

  it('hands a child process no secrets', () => {
    const config = parseServeFlags([], { PATH: '/bin', VIADUCT_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') });
    expect(config.childEnvironment).toEqual({ PATH: '/bin' });
  });

  it('keeps what is for tests only out of the help', () => {
    expect(describeServeFlags()).not.toContain('mqtt-plain');
  });
});

function faultOf(action: () => unknown): StartFault {
  try {
    action();
  } catch (error) {
    if (error instanceof StartFault) return error;
    throw error;
  }
  return expect.fail('nothing was refused');
}
