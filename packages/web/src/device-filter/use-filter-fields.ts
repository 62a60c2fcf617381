import { useQuery } from '@tanstack/react-query';
import { directoryColumnsQuery } from '../api/directory-client.ts';

export interface FilterField {
  /** As filters name it. */
  readonly field: string;
  readonly title: string;
  readonly kind: 'template' | 'truth' | 'text' | 'any';
}

const OWN_FIELDS: readonly FilterField[] = [
  { field: '$template', title: 'Model', kind: 'template' },
  { field: '$displayName', title: 'Name', kind: 'text' },
  { field: '$id', title: 'Id', kind: 'text' },
  { field: '$connected', title: 'Connected', kind: 'truth' },
  { field: '$simulated', title: 'Simulated', kind: 'truth' },
  { field: '$enabled', title: 'Enabled', kind: 'truth' },
  { field: '$provisioned', title: 'Provisioned', kind: 'truth' },
  { field: '$approved', title: 'Approved', kind: 'truth' },
  { field: '$organization', title: 'Organization', kind: 'text' },
];

/** What devices can be told apart by: what the platform knows, and every property that any of them has. */
export function useFilterFields(): readonly FilterField[] {
  const columns = useQuery(directoryColumnsQuery);
  const properties = (columns.data ?? []).filter(({ path }) => /^[A-Za-z_][\w.]*$/.test(path));
  return [
    ...OWN_FIELDS,
    ...properties.map(({ path, displayName }): FilterField => {
      return { field: path, title: displayName === null ? path : `${displayName} (${path})`, kind: 'any' };
    }),
  ];
}
