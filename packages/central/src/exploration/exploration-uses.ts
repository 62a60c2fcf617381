import { type ExplorationView, HubError } from '@viaduct/contracts';
import { isAggregate, parseCentralQuery } from '../language/parse-central-query.ts';
import type { CentralQuery } from '../language/query-syntax.ts';
import { fieldsOf } from '../language/telemetry-plan.ts';
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

/** A text that does not run uses nothing. */
function pathsOfQuery(text: string, templateId: string): readonly string[] | undefined {
  const query = understood(text);
  if (query?.source.kind !== 'template' || query.source.templateId !== templateId) return undefined;
  const values = [...query.items.map(({ value }) => value), ...(query.where === null ? [] : fieldsOf(query.where))];
  const paths = values.flatMap((value) => (isAggregate(value) ? [value.field] : value.kind === 'path' ? [value] : []));
  return [...new Set(paths.map(({ path }) => path.join('.')))];
}

function understood(text: string): CentralQuery | undefined {
  try {
    return parseCentralQuery(text);
  } catch (thrown) {
    if (thrown instanceof HubError) return undefined;
    throw thrown;
  }
}
