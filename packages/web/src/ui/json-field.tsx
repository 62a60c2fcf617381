import { Textarea } from '@mantine/core';

interface JsonFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly minRows?: number;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly error: string | null;
}

/** JSON by hand, for what no schema describes. */
export function JsonField({ label, description, minRows = 3, text, onText, error }: JsonFieldProps) {
  return (
    <Textarea
      label={label}
      description={description}
      autosize
      minRows={minRows}
      maxRows={24}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={text}
      error={error}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  );
}
