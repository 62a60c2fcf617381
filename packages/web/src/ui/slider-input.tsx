import { Input, TextInput } from '@mantine/core';
import { useId } from 'react';
import classes from './slider-input.module.css';

interface SliderInputProps {
  readonly label: string;
  readonly description: string | null;
  readonly error: string | null;
  readonly value: string;
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  readonly onText: (text: string) => void;
}

/** Steps over the whole length of a slider of numbers with fractions. */
const STEPS = 100;

/** A number between two ends: by hand or by sliding, whichever is nearer. */
export function SliderInput({ label, description, error, value, min, max, isWhole, onText }: SliderInputProps) {
  const id = useId();
  const number = Number(value);
  return (
    <Input.Wrapper label={label} description={description} error={error} labelProps={{ htmlFor: id }}>
      <div className={classes.line}>
        <span className={classes.end}>{min}</span>
        <input
          type="range"
          className={classes.slider}
          aria-label={`${label}, slider`}
          min={min}
          max={max}
          step={isWhole ? 1 : (max - min) / STEPS}
          value={value === '' || !Number.isFinite(number) ? min : number}
          onChange={(event) => onText(event.currentTarget.value)}
        />
        <span className={classes.end}>{max}</span>
        <TextInput
          id={id}
          w={96}
          inputMode={isWhole ? 'numeric' : 'decimal'}
          value={value}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      </div>
    </Input.Wrapper>
  );
}
