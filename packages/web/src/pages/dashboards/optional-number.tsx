import { NumberInput } from '@mantine/core';

/** A number that may be absent. */
export function OptionalNumber(props: {
  readonly label: string;
  readonly value: unknown;
  readonly min?: number;
  readonly max?: number;
  readonly onChange: (value: number | undefined) => void;
}) {
  const { label, value, min, max, onChange } = props;
  return (
    <NumberInput
      size="xs"
      label={label}
      value={typeof value === 'number' ? value : ''}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
      onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
    />
  );
}
