import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { templateChoicesQuery } from '../../api/template-choices.ts';

interface TemplateSelectProps {
  readonly label: string;
  readonly value: string;
  readonly onChoose: (templateId: string) => void;
}

/** A model, for all devices that have it now. */
export function TemplateSelect({ label, value, onChoose }: TemplateSelectProps) {
  const templates = useQuery(templateChoicesQuery);
  const known = (templates.data ?? []).map(({ templateId, displayName }) => ({
    value: templateId,
    label: displayName,
  }));
  const isUnknown = value !== '' && !known.some((choice) => choice.value === value);
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={value}
      data={[{ value: '', label: 'All models' }, ...known, ...(isUnknown ? [{ value, label: value }] : [])]}
      onChange={(event) => onChoose(event.currentTarget.value)}
    />
  );
}
