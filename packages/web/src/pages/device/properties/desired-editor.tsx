import { Button, Group, Stack } from '@mantine/core';
import type { DeviceIdentity, JsonObject } from '@viaduct/contracts';
import { useState } from 'react';
import { readJson } from '../../../model/schema-form.ts';
import { JsonField } from '../../../ui/json-field.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { usePatchTwin } from './use-patch-twin.ts';

const EXAMPLE = '{\n  "telemetryIntervalSeconds": 5\n}';

/** Any desired properties at once, as a merge patch: what is named changes, `null` removes, the rest stays. */
export function DesiredEditor({
  identity,
  onClose,
}: {
  readonly identity: DeviceIdentity;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState(EXAMPLE);
  const [error, setError] = useState<string | null>(null);
  const patch = usePatchTwin(identity, onClose);
  const save = () => {
    const read = readJson(text);
    const problem = !read.ok ? read.message : isObject(read.value) ? null : 'Enter a JSON object';
    setError(problem);
    if (read.ok && isObject(read.value)) patch.mutate(read.value);
  };
  return (
    <section className="card" aria-label="Edit desired properties as JSON">
      <Stack gap="sm">
        {patch.isError && <ProblemAlert error={patch.error} />}
        <JsonField
          label="Change desired properties"
          description="A merge patch: what is named changes, null removes, everything else stays."
          minRows={5}
          text={text}
          onText={setText}
          error={error}
        />
        <Group gap="xs">
          <Button size="xs" onClick={save} loading={patch.isPending}>
            Apply
          </Button>
          <Button size="xs" variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </section>
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
