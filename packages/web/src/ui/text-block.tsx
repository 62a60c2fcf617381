import classes from './text-block.module.css';

/** A scrolling region must be reachable by keyboard: WCAG 2.1.1. */
const FOCUSABLE = { tabIndex: 0 };

/** Text as it is, in a box that scrolls when it is long. */
export function TextBlock({
  text,
  label,
  tall = false,
}: {
  readonly text: string;
  readonly label: string;
  readonly tall?: boolean;
}) {
  return (
    <section className={classes.block} data-tall={tall || undefined} aria-label={label} {...FOCUSABLE}>
      <pre>{text}</pre>
    </section>
  );
}
