import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAmqpAddress } from './address.ts';

const parse = (address: string) => parseAmqpAddress(address, 'Events');

describe('parseAmqpAddress', () => {
  it.each(['$cbs', '/$cbs', 'amqps://host:5671/$cbs'])('knows %s', (address) => {
    expect(parse(address)).toEqual({ kind: 'cbs' });
  });

  it.each(['$management', 'Events/$management', '/events/$management', 'sb://host/events/$Management'])(
    'knows %s as management',
    (address) => {
      expect(parse(address)).toEqual({ kind: 'management' });
    },
  );

  it.each([
    'Events/ConsumerGroups/Team%20A/Partitions/3',
    '/events/consumergroups/Team A/partitions/3',
    'amqps://host:5671/EVENTS/ConsumerGroups/Team%20A/Partitions/3',
  ])('knows %s as a reader', (address) => {
    expect(parse(address)).toEqual({ kind: 'consumer', group: 'Team A', partition: '3' });
  });

  it('sends on who asks for events under the name of the hub, and remembers what for', () => {
    expect(parse('messages/events')).toEqual({ kind: 'redirect', rest: '' });
    expect(parse('amqps://h/messages/events/$management')).toEqual({ kind: 'redirect', rest: '/$management' });
    expect(parse('/messages/events/ConsumerGroups/g/Partitions/0')).toEqual({
      kind: 'redirect',
      rest: '/ConsumerGroups/g/Partitions/0',
    });
  });

  it.each([
    ['/messages/devicebound', 'commands'],
    ['/messages/deviceBound/', 'commands'],
    ['/messages/serviceBound/feedback', 'feedback'],
    ['amqps://h/messages/servicebound/filenotifications', 'fileNotifications'],
    ['Events', 'publish'],
    ['Events/Partitions/0', 'publish'],
    ['', 'unknown'],
    ['Eventsandmore', 'unknown'],
    ['Events/else', 'unknown'],
  ] as const)('knows %s as %s', (address, kind) => {
    expect(parse(address)).toEqual({ kind });
  });

  it.each([
    ['/devices/d1/messages/events', 'events', { deviceId: 'd1' }],
    ['amqps://h:5671/Devices/D1/Messages/DeviceBound', 'commands', { deviceId: 'D1' }],
    ['devices/d1/methods/deviceBound/', 'methods', { deviceId: 'd1' }],
    ['/devices/d1/twin', 'twin', { deviceId: 'd1' }],
    ['/devices/d1/modules/m1/messages/events', 'events', { deviceId: 'd1', moduleId: 'm1' }],
    [
      'amqps://h/devices/d1/MODULES/$edgeHub/messages/devicebound',
      'commands',
      { deviceId: 'd1', moduleId: '$edgeHub' },
    ],
    ['/devices/d1/modules/m1/methods/devicebound', 'methods', { deviceId: 'd1', moduleId: 'm1' }],
    ['/devices/modules/modules/twin/twin', 'twin', { deviceId: 'modules', moduleId: 'twin' }],
    ['/devices/a%25b%40c/modules/m%2Bn/twin', 'twin', { deviceId: 'a%b@c', moduleId: 'm+n' }],
    ['devices/%zz/twin', 'twin', { deviceId: '%zz' }],
  ] as const)('knows %s as %s of a device', (address, purpose, identity) => {
    expect(parse(address)).toEqual({ kind: 'device', identity, purpose });
  });

  it.each([
    '/devices/d1',
    '/devices/d1/messages',
    '/devices/d1/modules/m1',
    '/devices/a%2Fb/twin',
    '/devices/d 1/twin',
    'constructor',
    '/devices/d1/constructor',
    '__proto__',
  ])('knows nothing at %s', (address) => {
    expect(parse(address)).toEqual({ kind: 'unknown' });
  });

  it('takes no longer for an address of slashes than for any other, for strangers choose them', () => {
    const begun = process.cpuUsage();
    expect(parse(`a${'/'.repeat(60_000)}x`)).toEqual({ kind: 'unknown' });
    // The square of their number took seconds.
    expect(process.cpuUsage(begun).user).toBeLessThan(500_000);
  });

  it('makes a meaning of any text', async () => {
    await fc.assert(fc.property(fc.string(), (text) => parse(text).kind.length > 0));
  });
});
