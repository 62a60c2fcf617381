import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { templateChoicesQuery } from '../../api/template-choices.ts';

interface TemplateSelectProps {
  /** Null: unassigned. */
  readonly value: string | null;
  readonly onChange: (templateId: string | null) => void;
}

/** One of the published models, or none. */
export function TemplateSelect({ value, onChange }: TemplateSelectProps) {
  const templates = useQuery(templateChoicesQuery);
  const data = (templates.data ?? []).map(({ templateId, displayName }) => ({ value: templateId, label: displayName }));
  return (
    <Select
      label="Model"
      description="What the device measures, reports and can be asked. Without one, everything is shown as it comes."
      placeholder="Unassigned"
      clearable
      searchable
      clearButtonProps={{ 'aria-label': 'Unassigned' }}
      data={data}
      value={value}
      onChange={onChange}
    />
  );
}
