import { Button, Group, Stack, Text } from '@mantine/core';
import type { JsonObject, TemplateView } from '@viaduct/contracts';
import { lazy, Suspense, useState } from 'react';
import { JsonField } from '../../ui/json-field.tsx';
import { FaultList } from './fault-list.tsx';
import { useSaveDraft } from './use-save-draft.ts';

const JsonEditor = lazy(() =>
  import('../../editor/json-editor.tsx').then((module) => ({ default: module.JsonEditor })),
);
const LABEL = 'Device template';

/** The document itself, for what no form has. */
export function ModelJson({ template }: { readonly template: TemplateView }) {
  const [text, setText] = useState(() => JSON.stringify(template.draft ?? template.document, null, 2));
  const [mistake, setMistake] = useState<string | null>(null);
  const save = useSaveDraft(template);
  const submit = () => {
    try {
      setMistake(null);
      save.mutate(JSON.parse(text) as JsonObject);
    } catch (thrown) {
      setMistake((thrown as Error).message);
    }
  };
  const plain = <JsonField label={LABEL} text={text} onText={setText} error={null} minRows={12} />;
  return (
    <section className="card" aria-label="JSON">
      <Stack gap="sm">
        <Suspense fallback={plain}>
          <JsonEditor label={LABEL} text={text} onText={setText} tall />
        </Suspense>
        {mistake !== null && (
          <Text size="sm" role="alert">
            This is not JSON: {mistake}
          </Text>
        )}
        {save.error !== null && <FaultList error={save.error} />}
        <Group>
          <Button size="xs" loading={save.isPending} onClick={submit}>
            Save draft
          </Button>
        </Group>
      </Stack>
    </section>
  );
}
