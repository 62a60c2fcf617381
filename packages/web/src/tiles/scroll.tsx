import type { CSSProperties, ReactNode } from 'react';
import classes from './tiles.module.css';

interface ScrollProps {
  readonly label: string;
  readonly className?: string | undefined;
  readonly style?: CSSProperties;
  readonly children: ReactNode;
}

/** Content that may be longer than its tile, and scrolls by keyboard too. */
export function Scroll({ label, className = '', style, children }: ScrollProps) {
  const common = { className: `${classes.scroll} ${className}`, style };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section {...common} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
