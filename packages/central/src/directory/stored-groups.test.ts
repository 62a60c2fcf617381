import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';
import type { DeviceGroups } from './device-directory.ts';

let server: ConsoleUnderTest;
let groups: DeviceGroups;

beforeEach(async () => {
  server = await openConsole();
  groups = server.central.groups;
});
afterEach(() => server.close());

const group = (filterText: string) => ({
  groupId: 'g1',
  displayName: 'Hot ones',
  description: '',
  filterText,
  organizations: [],
  isDefault: false,
});

describe('device groups', () => {
  it('keep a filter under a name, and what it means', async () => {
    const made = await groups.put(group("SELECT * FROM devices WHERE $id = 'd1'"));
    expect(groups.list()).toEqual([made]);
    await server.central.devices.create('d1', {});
    await server.central.devices.create('d2', {});
    expect(await server.central.devices.count(made.filter)).toBe(1);
    await expect(groups.put(group('SELECT * FROM devices'), 'other')).rejects.toMatchObject({ code: 'etag.mismatch' });
    await expect(groups.put(group('SELECT * FROM pets'))).rejects.toMatchObject({ code: 'query.invalid' });
    await groups.remove('g1');
    await expect(groups.remove('g1')).rejects.toMatchObject({ code: 'central.notFound' });
  });

  it('are given to each template once, and tell it that they use it', async () => {
    const { templates } = server.central;
    const templateId = 'dtmi:test:roomTemplate;1';
    const capabilityModel = {
      '@context': 'dtmi:dtdl:context;2',
      '@id': 'dtmi:test:room;1',
      '@type': 'Interface',
      contents: [{ '@type': 'Property', name: 'rate', schema: 'integer' }],
    };
    const room = { '@type': ['ModelDefinition', 'DeviceModel'], displayName: 'Room', capabilityModel };
    await templates.put(templateId, room);
    await groups.put(group('SELECT * FROM devices WHERE rate > 4'));
    const given = groups.list().find(({ isDefault }) => isDefault);
    expect(given).toMatchObject({ displayName: 'Room - All devices' });
    expect((await templates.usesOf(templateId)).map(({ displayName, paths }) => [displayName, paths])).toEqual([
      ['Hot ones', ['rate']],
      ['Room - All devices', []],
    ]);
    await groups.remove(given?.groupId ?? '');
    await templates.put(templateId, room);
    await groups.put(group('SELECT * FROM devices'));
    expect(groups.list().map(({ displayName }) => displayName)).toEqual(['Hot ones']);
  });
});
