import type { ModelField, ModelSummary } from '@viaduct/contracts';

function field(name: string, displayName: string, more: Partial<ModelField>): ModelField {
  const plain = {
    description: null,
    component: null,
    semanticType: null,
    unit: null,
    schema: { kind: 'number' },
  } as const;
  return { name, displayName, ...plain, ...more };
}

/** What a simulated device is that no template describes: a small sensor, of which the console makes a page like of any other. */
export const BUILT_IN_MODEL: ModelSummary = {
  modelId: '',
  displayName: 'Sensor',
  description: 'A simulated device without a template.',
  telemetry: [
    field('temperature', 'Temperature', { semanticType: 'Temperature', unit: '°C' }),
    field('humidity', 'Humidity', { semanticType: 'RelativeHumidity', unit: '%' }),
    field('battery', 'Battery', { unit: '%', hints: { min: 0, max: 100, decimalPlaces: 1 } }),
  ],
  properties: [{ ...field('firmwareVersion', 'Firmware version', { schema: { kind: 'string' } }), writable: false }],
  commands: [],
};
