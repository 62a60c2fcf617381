import type { Enrichment } from '@viaduct/contracts';
import type { JsonObject } from '../ports.ts';
import { valueAt } from '../query/evaluate.ts';

/** An enrichment, read once: where its value comes from. */
export interface CompiledEnrichment {
  readonly key: string;
  readonly needsTwin: boolean;
  value(twin: JsonObject | undefined): string;
}

const TWIN_PATH = /^\$twin\.(tags|properties\.desired|properties\.reported)(\..+)$/;

/**
 * Reads an enrichment. A twin's member that is not there gives the text that names it, as in Azure; objects are stamped as JSON.
 */
export function compileEnrichment({ key, value }: Enrichment, hubName: string): CompiledEnrichment {
  if (value.toLowerCase() === '$iothubname') return { key, needsTwin: false, value: () => hubName };
  const [, section, path] = TWIN_PATH.exec(value) ?? [];
  if (section === undefined || path === undefined) return { key, needsTwin: false, value: () => value };
  const steps = `${section}${path}`.split('.');
  return { key, needsTwin: true, value: (twin) => textOf(valueAt(twin, steps)) ?? value };
}

function textOf(member: unknown): string | undefined {
  if (member === undefined || typeof member === 'string') return member;
  return JSON.stringify(member);
}
