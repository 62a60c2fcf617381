import type { ModelCommand } from '@viaduct/contracts';
import { useState } from 'react';
import { type Draft, type DraftResult, draftOf, readDraft, readJson } from '../../../model/schema-form.ts';
import { JsonField } from '../../../ui/json-field.tsx';
import { SchemaInput } from '../../../ui/schema-input.tsx';

export interface RequestDraft {
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly problem: Extract<DraftResult, { ok: false }> | null;
  /** The value to send; what is wrong is shown at its input. */
  readonly read: () => DraftResult;
}

/** What is typed for a command, as its model asks for it; JSON where no model does. */
export function useRequestDraft(command: ModelCommand | null): RequestDraft {
  const schema = command?.request?.schema ?? null;
  const [draft, setDraft] = useState<Draft>(() => (schema === null ? '{}' : draftOf(schema, undefined)));
  const [problem, setProblem] = useState<RequestDraft['problem']>(null);
  const read = (): DraftResult => {
    if (command !== null && command.request === null) return { ok: true, value: null };
    const result = schema === null ? readJson(String(draft)) : readDraft(schema, draft);
    setProblem(result.ok ? null : result);
    return result;
  };
  return { draft, setDraft, problem, read };
}

/** The input of a command: what its request schema asks for, nothing, or JSON. */
export function RequestInput({
  command,
  request,
}: {
  readonly command: ModelCommand | null;
  readonly request: RequestDraft;
}) {
  const { draft, setDraft, problem } = request;
  if (command === null) {
    return <JsonField label="Payload (JSON)" text={String(draft)} onText={setDraft} error={problem?.message ?? null} />;
  }
  const field = command.request;
  if (field === null) return null;
  return (
    <SchemaInput
      label={field.displayName || field.name || 'Payload'}
      description={field.description}
      unit={field.unit}
      schema={field.schema}
      hints={field.hints}
      draft={draft}
      onDraft={setDraft}
      problem={problem}
    />
  );
}
