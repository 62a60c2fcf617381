import fc from 'fast-check';
import type { IConnectPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { PacketReader } from './packet-reader.ts';
import { isRegistrationUser, readRegistrationConnect } from './registration-connect.ts';
import { answerTopic, parseRegistrationTopic } from './registration-topic.ts';

const connect = (username: string, more: Partial<IConnectPacket> = {}): IConnectPacket => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId: 'dev1',
  username,
  ...more,
});

describe('isRegistrationUser', () => {
  it.each([
    ['0ne00AB12CD/registrations/dev1/api-version=2019-03-31&ClientVersion=x', true],
    ['0ne00AB12CD/Registrations/dev1/?api-version=2019-03-31', true],
    ['0ne00AB12CD/registrations/dev1', true],
    ['whatever/registrations/dev1/api-version=2019-03-31', true],
    ['hub.example/registrations/m1/?api-version=2021-04-12', false],
    ['localhost/registrations/m1/?api-version=2021-04-12', false],
    ['LOCALHOST/registrations/m1/?api-version=2021-04-12', false],
    ['hub.example/dev1/?api-version=2021-04-12', false],
    ['edge/registrations/?api-version=2021-04-12', false],
    [undefined, false],
  ])('%s: %s', (userName, expected) => {
    expect(isRegistrationUser(userName, ['localhost', 'hub.example'])).toBe(expected);
  });
});

describe('readRegistrationConnect', () => {
  it('reads what SDKs write, with or without a question mark and a client version, and ids without regard to case', () => {
    const expected = { idScope: '0neA', registrationId: 'Dev1', apiVersion: '2019-03-31', token: undefined };
    for (const end of [
      'api-version=2019-03-31&ClientVersion=a%2F1',
      'api-version=2019-03-31',
      '?api-version=2019-03-31',
    ])
      expect(readRegistrationConnect(connect(`0neA/registrations/Dev1/${end}`))).toMatchObject(expected);
  });

  it('takes a password for a token, and an empty one for none', () => {
    const user = '0neA/registrations/dev1/api-version=2019-03-31';
    expect(readRegistrationConnect(connect(user, { password: Buffer.from('sas') })).token).toBe('sas');
    expect(readRegistrationConnect(connect(user, { password: Buffer.alloc(0) })).token).toBeUndefined();
  });

  it.each([
    [connect('0neA/registrations/dev2/api-version=2019-03-31'), 'connection.identifierRejected'],
    [connect('0neA/registrations/dev1'), 'argument.invalid'],
    [connect('0neA/registrations/dev1/api-version=soon'), 'argument.invalid'],
    [connect('0neA/registrations/'), 'credential.malformed'],
    [connect('0neA/registrations/dev1/api-version=2019-03-31', { protocolVersion: 5 }), 'protocol.versionUnsupported'],
  ])('refuses %j with %s', (packet, code) => {
    expect(() => readRegistrationConnect(packet)).toThrow(expect.objectContaining({ code }));
  });
});

describe('parseRegistrationTopic', () => {
  it.each([
    ['$dps/registrations/PUT/iotdps-register/?$rid=1', { kind: 'register', requestId: '1', isForced: false }],
    [
      '$dps/registrations/PUT/iotdps-register/?$rid=1&forceRegistration=true',
      { kind: 'register', requestId: '1', isForced: true },
    ],
    [
      '$dps/registrations/GET/iotdps-get-operationstatus/?$rid=a-b&operationId=4.ab.cd',
      { kind: 'poll', requestId: 'a-b', operationId: '4.ab.cd' },
    ],
    ['$dps/registrations/POST/iotdps-get-registration/?$rid=9', { kind: 'lookup', requestId: '9' }],
  ])('%s', (topic, expected) => {
    expect(parseRegistrationTopic(topic)).toEqual(expected);
  });

  it.each([
    '$dps/registrations/PUT/iotdps-register/',
    '$dps/registrations/PUT/iotdps-register/?$rid=',
    '$dps/registrations/PUT/iotdps-register/?$rid=a#',
    '$dps/registrations/GET/iotdps-register/?$rid=1',
    '$dps/registrations/res/200/?$rid=1',
    'devices/dev1/messages/events/',
    '',
  ])('refuses "%s"', (topic) => {
    expect(() => parseRegistrationTopic(topic)).toThrow(expect.objectContaining({ code: 'topic.malformed' }));
  });

  it('answers with the request id first, in the words that clients look for', () => {
    expect(answerTopic(202, '1', 3)).toBe('$dps/registrations/res/202/?$rid=1&retry-after=3');
    expect(answerTopic(200, 'a-b', undefined)).toBe('$dps/registrations/res/200/?$rid=a-b');
  });
});

describe('PacketReader', () => {
  it('finds the same packets however the network cuts them', () => {
    const packets = [
      Buffer.of(0xc0, 0),
      Buffer.concat([Buffer.of(0x30, 0x80, 0x01), Buffer.alloc(128, 7)]),
      Buffer.of(0xe0, 0),
    ];
    const bytes = Buffer.concat(packets);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const reader = new PacketReader(200);
        const found: Buffer[] = [];
        const ends = [...cuts, bytes.length].sort((a, b) => a - b);
        let from = 0;
        for (const end of ends) {
          reader.add(bytes.subarray(from, end));
          from = end;
          for (let packet = reader.next(); packet !== undefined; packet = reader.next()) found.push(packet);
        }
        expect(found).toEqual(packets);
      }),
    );
  });

  it('refuses a packet that is too long at its first bytes', () => {
    const reader = new PacketReader(127);
    reader.add(Buffer.of(0x30, 0x80, 0x01));
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: 'message.tooLarge' }));
    const endless = new PacketReader(127);
    endless.add(Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff));
    expect(() => endless.next()).toThrow(expect.objectContaining({ code: 'packet.malformed' }));
  });
});
