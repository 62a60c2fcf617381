import type { ExplorationView } from '@viaduct/contracts';
import { pathsOfQuery } from '../language/paths-of-query.ts';
import type { CentralStore } from '../store/central-store.ts';
import type { CapabilityUse, Template } from '../template/template-book.ts';
import { everyExploration } from './explorations.ts';

/** Explorations that are of this template's devices, with the names they show. */
export async function explorationUses(
  store: CentralStore,
  { templateId }: Template,
): Promise<readonly CapabilityUse[]> {
  const explorations = await everyExploration(store);
  return explorations.flatMap(({ id, name, view }) => {
    const paths = pathsOf(view, templateId);
    return paths === undefined ? [] : [{ kind: 'explorerQuery' as const, id, displayName: name, paths }];
  });
}

function pathsOf({ source, lines, query }: ExplorationView, templateId: string): readonly string[] | undefined {
  if (query !== undefined) return pathsOfQuery(query, templateId);
  const isOfTemplate = source.kind === 'template' && source.templateId === templateId;
  return isOfTemplate ? lines.map(({ path }) => path) : undefined;
}
