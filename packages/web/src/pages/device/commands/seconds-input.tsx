import { NumberInput } from '@mantine/core';

interface SecondsInputProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (seconds: number) => void;
}

/** A number of seconds within its bounds. */
export function SecondsInput({ label, value, min, max, onChange }: SecondsInputProps) {
  return (
    <NumberInput
      label={label}
      value={value}
      min={min}
      max={max}
      clampBehavior="blur"
      allowDecimal={false}
      w={184}
      onChange={(typed) => typeof typed === 'number' && onChange(typed)}
    />
  );
}
