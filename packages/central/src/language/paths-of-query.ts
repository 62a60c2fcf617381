import { HubError } from '@viaduct/contracts';
import { isAggregate, parseCentralQuery } from './parse-central-query.ts';
import type { CentralQuery } from './query-syntax.ts';
import { fieldsOf } from './telemetry-plan.ts';

/**
 * The capabilities that a query over a template's telemetry asks for, with dots; undefined for a query of something else, and for a text that
 * does not run. Pure.
 */
export function pathsOfQuery(text: string, templateId: string): readonly string[] | undefined {
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
