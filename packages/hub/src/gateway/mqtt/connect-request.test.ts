import fc from 'fast-check';
import type { IConnectPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { readConnect } from './connect-request.ts';

const packet = (fields: Partial<IConnectPacket>): IConnectPacket =>
  ({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'd1',
    clean: false,
    keepalive: 60,
    ...fields,
  }) as IConnectPacket;
const user = (username: string, clientId = 'd1') => readConnect(packet({ username, clientId }));

describe('readConnect', () => {
  it('reads what each SDK writes', () => {
    expect(
      user('h.net/d1/?api-version=2021-04-12&model-id=dtmi:com:x;1&DeviceClientType=azure-iot-device%2F1.18.4').modelId,
    ).toBe('dtmi:com:x;1');
    expect(user('h.net/d1/?api-version=2020-09-30&DeviceClientType=py&model-id=dtmi%3Acom%3Ax%3B1').modelId).toBe(
      'dtmi:com:x;1',
    );
    expect(user('h.net/d1/m1/?api-version=2019-10-01', 'd1/m1').identity).toEqual({ deviceId: 'd1', moduleId: 'm1' });
    expect(user('h.net/d1/api-version=2016-11-14').identity).toEqual({ deviceId: 'd1' });
    expect(user('h.net/d1').identity).toEqual({ deviceId: 'd1' });
    expect(user('h.net/d?1/?api-version=x', 'd?1').identity).toEqual({ deviceId: 'd?1' });
    expect(user('h.net/d1/?api-version=x&DeviceClientType=plain/with (slashes)').identity).toEqual({ deviceId: 'd1' });
  });

  it('gives a connection one and a half keep-alive intervals, capped', () => {
    expect(user('h/d1').silenceMsMax).toBe(90_000);
    expect(readConnect(packet({ username: 'h/d1', keepalive: 0 })).silenceMsMax).toBe(1_767_000);
    expect(readConnect(packet({ username: 'h/d1', keepalive: 65_535 })).silenceMsMax).toBe(1_767_000);
  });

  it('drops a will for somebody else, and refuses QoS 2', () => {
    const will = (topic: string, qos: 0 | 1 | 2) =>
      readConnect(packet({ username: 'h/d1', will: { topic, payload: Buffer.from('bye'), qos, retain: true } }));
    expect(will('devices/d1/messages/events/a=b', 1)).toMatchObject({
      will: { bag: 'a=b', body: Buffer.from('bye'), retain: true },
      willRefusal: null,
    });
    for (const topic of ['devices/d2/messages/events/', '$iothub/twin/GET/?$rid=1']) {
      expect(will(topic, 1)).toMatchObject({ will: null, willRefusal: { code: 'topic.forbidden' } });
    }
    expect(() => will('devices/d1/messages/events/', 2)).toThrow(
      expect.objectContaining({ code: 'protocol.violation' }),
    );
  });

  it('refuses with the code that CONNACK can say', () => {
    expect(() => readConnect(packet({ username: 'h/d1', protocolVersion: 5 }))).toThrow(
      expect.objectContaining({ code: 'protocol.versionUnsupported' }),
    );
    expect(() => user('h/d2')).toThrow(expect.objectContaining({ code: 'connection.identifierRejected' }));
    expect(() => user('h/d1', 'a b')).toThrow(expect.objectContaining({ code: 'connection.identifierRejected' }));
    expect(() => user('')).toThrow(expect.objectContaining({ code: 'credential.malformed' }));
    expect(() => user('d1')).toThrow(expect.objectContaining({ code: 'credential.malformed' }));
  });

  it('gives a request or a refusal for any user name', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc
            .array(fc.constantFrom('/', '?', 'd1', 'api-version=', '&model-id=', 'h'), { maxLength: 12 })
            .map((p) => p.join('')),
        ),
        (name) => {
          try {
            expect(user(name).identity.deviceId).toBe('d1');
          } catch (error) {
            expect(error).toHaveProperty('code');
          }
        },
      ),
    );
  });
});
