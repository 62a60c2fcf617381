import type { ConfigurationOf } from '../tile-configuration.ts';
import { Note } from '../tile-state.tsx';

export function DataExplorerTile(_props: {
  readonly title: string;
  readonly configuration: ConfigurationOf<'dataExplorer'>;
}) {
  return <Note>Choose a saved exploration.</Note>;
}
