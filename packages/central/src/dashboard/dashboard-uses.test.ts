import type { Dashboard, TileConfiguration } from '@viaduct/contracts';
import { expect, it } from 'vitest';
import type { DeviceGroup } from '../directory/device-directory.ts';
import type { Template } from '../template/template-book.ts';
import { dashboardUses } from './dashboard-uses.ts';

const field = (name: string, component: string | null = null) => ({ name, component });
const template = {
  templateId: 'dtmi:a:pump;1',
  summary: {
    telemetry: [field('pressure'), field('speed', 'motor')],
    properties: [field('target')],
    commands: [field('reboot')],
  },
} as unknown as Template;
const groups = {
  find: (id: string) =>
    ({ any: { filterText: 'SELECT * FROM devices' }, mine: { filterText: '$template = "dtmi:a:pump;1"' } })[id] ??
    (id === 'other' ? { filterText: 'SELECT * FROM devices WHERE $template = "dtmi:b;1"' } : undefined),
} as unknown as { find(id: string): DeviceGroup | undefined };

function uses(configuration: object, change: Partial<Dashboard> = {}) {
  const tile = { displayName: 'T', x: 0, y: 0, width: 1, height: 1, configuration: configuration as TileConfiguration };
  const dashboard = { id: 'd', displayName: 'Hall', tiles: [tile], personal: false, owner: 'ada', ...change };
  return dashboardUses([dashboard as unknown as Dashboard], groups, template);
}
const data = (group: string, capability: string) => ({
  type: 'lkv',
  group,
  devices: [],
  capabilities: [{ capability, aggregateFunction: 'avg' }],
});

it('names the dashboards that show a capability, and which', () => {
  expect(uses(data('mine', 'pressure'))).toEqual([
    { kind: 'dashboard', id: 'd', displayName: 'Hall', paths: ['pressure'] },
  ]);
  expect(uses(data('any', 'motor.speed'))).toMatchObject([{ paths: ['motor.speed'] }]);
  expect(uses({ type: 'commandPad', device: 'd1', commands: ['reboot', 'none'] })).toMatchObject([
    { paths: ['reboot'] },
  ]);
  expect(uses({ type: 'writableProperty', device: 'd1', properties: ['target'] })).toMatchObject([
    { paths: ['target'] },
  ]);
});

it('leaves out those of other templates, and the name of a personal one', () => {
  expect(uses(data('other', 'pressure'))).toEqual([]);
  expect(uses(data('any', 'humidity'))).toEqual([]);
  expect(uses(data('gone', 'pressure'), { personal: true })).toMatchObject([
    { displayName: 'a personal dashboard of ada' },
  ]);
});
