import type { ConfigurationTrialRequest } from '@viaduct/contracts';
import { type Pairs, recordOf } from '../../ui/pairs-field.tsx';

/** What a person typed about a configuration. */
export interface ConfigurationDraft {
  readonly id: string;
  readonly content: string;
  readonly targetCondition: string;
  readonly priority: number;
  readonly labels: Pairs;
  readonly metrics: Pairs;
}

/** What is asked of the server while one types; undefined while the content is no JSON. */
export function trialOf(draft: ConfigurationDraft): ConfigurationTrialRequest | undefined {
  const content = contentOf(draft);
  if (content === undefined) return undefined;
  return { content, targetCondition: draft.targetCondition.trim(), metrics: recordOf(draft.metrics) };
}

/** Undefined for what is no JSON object. */
export function contentOf({ content }: Pick<ConfigurationDraft, 'content'>): object | undefined {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // The parser's only way to say "not JSON".
  }
}

/** The rule of the wire for ids; the server says it again. */
export function isConfigurationId(id: string): boolean {
  return /^[a-z0-9\-+%_*!']{1,128}$/.test(id);
}
