import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { ConsoleRefusal } from '../api/request.ts';
import { sentence } from '../ui/sentence.ts';
import classes from './tiles.module.css';

interface TileStateProps {
  /** Title of a variable without a value. */
  readonly missing?: string | null;
  /** A device that there is not. */
  readonly gone?: string | null;
  readonly isPending: boolean;
  readonly problem: Error | null;
  readonly isEmpty: boolean;
  /** What there is none of. */
  readonly empty?: string;
  readonly children: ReactNode;
}

/** What a tile shows instead of its content: why there is none. What was there before a failure stays. */
export function TileState({
  missing = null,
  gone = null,
  isPending,
  problem,
  isEmpty,
  empty,
  children,
}: TileStateProps) {
  if (missing !== null) return <Note>Choose above: {missing}.</Note>;
  if (isPending) return <Skeleton className={classes.fill} />;
  if (!isEmpty) return children;
  if (gone !== null) return <Gone deviceId={gone} />;
  if (problem !== null) {
    return (
      <Note>
        {sentence(problem.message)}
        {problem instanceof ConsoleRefusal && ` ${problem.advice}`}
      </Note>
    );
  }
  return <Note>{empty ?? 'Nothing was said in this time.'}</Note>;
}

/** Instead of what is about one device. */
export function Gone({ deviceId }: { readonly deviceId: string }) {
  return <Note>There is no device {deviceId}. Choose another one, or wait for it to come.</Note>;
}

export function Note({ children }: { readonly children: ReactNode }) {
  return <p className={classes.note}>{children}</p>;
}
