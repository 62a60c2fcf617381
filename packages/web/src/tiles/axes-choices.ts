import type { AxesChoice } from '@viaduct/contracts';

/** How lines share a chart, as one chooses it: the same words on dashboards and in the explorer. */
export const AXES_CHOICES: { value: AxesChoice; label: string }[] = [
  { value: 'shared', label: 'One axis' },
  { value: 'overlap', label: 'An axis each' },
  { value: 'lanes', label: 'One below the other' },
  { value: 'stacked', label: 'Stacked' },
];
