import classes from './condition-field.module.css';
import { JsonEditor } from './json-editor.tsx';

interface LabelledJsonProps {
  readonly label: string;
  readonly description: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly error?: string | null;
  readonly tall?: boolean;
}

/** A field of a form that is JSON. */
export function LabelledJson({ label, description, error = null, ...editor }: LabelledJsonProps) {
  return (
    <div className={classes.field}>
      <span className={classes.label} aria-hidden="true">
        {label}
      </span>
      <span className={classes.description}>{description}</span>
      <JsonEditor label={label} {...editor} />
      {error !== null && (
        <span className={classes.verdict} data-good={false} role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
