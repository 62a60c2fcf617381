import type { Tile, TileConfiguration } from '@viaduct/contracts';

const RANGE = { queryRange: { type: 'time', duration: 'PT1H' } } as const;
const DEVICE = { group: '', devices: ['$device'] } as const;
const values = (...names: readonly string[]) => ({
  ...DEVICE,
  capabilities: names.map((capability) => ({ capability, aggregateFunction: 'avg' as const })),
});
const WARM = [{ operator: 'gt', value: 25, color: '#c2570c', label: 'Warm' }] as const;

const CONFIGURATIONS: readonly (readonly [width: number, height: number, TileConfiguration])[] = [
  [5, 3, { type: 'lineChart', ...RANGE, ...values('temperature', 'pressure'), extension: { axes: 'overlap' } }],
  [2, 2, { type: 'kpi', ...RANGE, ...values('temperature'), format: { decimalPlaces: 1 } }],
  [3, 2, { type: 'lkv', ...values('temperature', 'pressure'), extension: { conditions: WARM } }],
  [5, 3, { type: 'comparison', ...RANGE, ...values('temperature') }],
  [2, 2, { type: 'gauge', ...values('temperature'), min: 0, max: 40 }],
  [3, 2, { type: 'barChart', ...RANGE, ...values('temperature') }],
  [3, 3, { type: 'pieChart', ...RANGE, ...values('temperature', 'pressure') }],
  [4, 3, { type: 'heatMapChart', ...RANGE, ...values('temperature') }],
  [3, 3, { type: 'histogram', ...RANGE, ...values('temperature') }],
  [4, 2, { type: 'stateChart', ...RANGE, ...values('mode') }],
  [3, 2, { type: 'stateHistoryChart', ...RANGE, ...values('mode') }],
  [3, 2, { type: 'eventHistoryChart', ...RANGE, ...values('mode') }],
  [4, 2, { type: 'eventChart', ...RANGE, ...values('mode') }],
  [3, 2, { type: 'log', ...values('mode') }],
  [3, 2, { type: 'table', ...values('temperature', 'pressure') }],
  [3, 2, { type: 'property', ...values('interval') }],
  [3, 2, { type: 'writableProperty', device: '$device', properties: ['interval'] }],
  [3, 2, { type: 'command', group: '', device: '$device', command: 'reboot' }],
  [3, 2, { type: 'commandPad', device: '$device', commands: ['reboot', 'rinse'] }],
  [4, 3, { type: 'mapTelemetry', ...values('position') }],
  [4, 3, { type: 'mapProperty', ...values('home') }],
  [2, 2, { type: 'deviceCount', group: '' }],
  [3, 2, { type: 'dataExplorer', ...RANGE }],
  [4, 1, { type: 'label', text: 'Pumps' }],
  [3, 2, { type: 'markdown', description: 'Call **4711** <script>alert(1)</script>' }],
  [2, 2, { type: 'image' }],
  [3, 2, { type: 'externalContent', sourceUrl: 'https://example.com/' }],
  [
    3,
    2,
    {
      type: 'alertList',
      ...DEVICE,
      extension: {
        conditions: [
          { capability: 'temperature', operator: 'ge', value: 0, color: '#b42318', label: 'Says something' },
        ],
      },
    },
  ],
];

/** One tile of each kind, called after it, about the dashboard's variable `device`. */
export const TILES_OF_ALL_KINDS: readonly Tile[] = CONFIGURATIONS.map(([width, height, configuration], index) => ({
  displayName: configuration.type,
  x: (index % 2) * 5,
  y: index * 3,
  width,
  height,
  configuration,
}));
