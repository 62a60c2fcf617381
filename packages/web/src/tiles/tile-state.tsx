import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { ConsoleRefusal } from '../api/request.ts';
import classes from './tiles.module.css';

interface TileStateProps {
  /** Title of a variable without a value. */
  readonly missing?: string | null;
  readonly isPending: boolean;
  readonly problem: Error | null;
  readonly isEmpty: boolean;
  /** What there is none of. */
  readonly empty?: string;
  readonly children: ReactNode;
}

/** What a tile shows instead of its content: why there is none. What was there before a failure stays. */
export function TileState({ missing = null, isPending, problem, isEmpty, empty, children }: TileStateProps) {
  if (missing !== null) return <Note>Choose above: {missing}.</Note>;
  if (isPending) return <Skeleton className={classes.fill} />;
  if (!isEmpty) return children;
  if (problem !== null) {
    return (
      <Note>
        {problem.message}
        {problem instanceof ConsoleRefusal && ` ${problem.advice}`}
      </Note>
    );
  }
  return <Note>{empty ?? 'Nothing was said in this time.'}</Note>;
}

export function Note({ children }: { readonly children: ReactNode }) {
  return <p className={classes.note}>{children}</p>;
}
