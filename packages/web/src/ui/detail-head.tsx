import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './detail-head.module.css';

interface DetailHeadProps {
  /** A link to the list that it is of. */
  readonly crumb: ReactNode;
  readonly title: string;
  /** Beside the title: how it fares. */
  readonly badge?: ReactNode;
  /** What can be done with it. */
  readonly children?: ReactNode;
}

/** Of the page of one thing: the way back, its name, its state, and its buttons. */
export function DetailHead({ crumb, title, badge, children }: DetailHeadProps) {
  return (
    <div>
      <Crumb>{crumb}</Crumb>
      <div className={classes.line}>
        <Title order={1}>{title}</Title>
        {badge}
        {Boolean(children) && <div className={classes.actions}>{children}</div>}
      </div>
    </div>
  );
}

/** The way back alone, where what is below has a head of its own. */
export function Crumb({ children }: { readonly children: ReactNode }) {
  return (
    <nav aria-label="Breadcrumb" className={classes.crumbs}>
      {children}
    </nav>
  );
}
