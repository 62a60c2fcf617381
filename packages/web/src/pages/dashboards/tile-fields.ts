import type { DashboardVariable, TileType } from '@viaduct/contracts';

/** A configuration whose members the form finds by name; the server says whether they fit the type. */
export type LooseConfiguration = Record<string, unknown> & { readonly type: TileType };

export interface FieldsProps {
  readonly configuration: LooseConfiguration;
  readonly onChange: (change: Readonly<Record<string, unknown>>) => void;
  readonly variables: readonly DashboardVariable[];
}
