import { Skeleton } from '@mantine/core';
import type { UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Fence } from './fence.tsx';
import { ProblemAlert } from './problem-alert.tsx';

/** A table's head and five rows. */
const SKELETON_HEIGHT = 240;

interface ListingProps<Row> {
  /** What was asked. */
  readonly answer: UseQueryResult | UseInfiniteQueryResult;
  /** What came of it so far. */
  readonly rows: readonly Row[] | undefined;
  /** Where there are none: an `EmptyState`. */
  readonly empty: ReactNode;
  readonly children: (rows: readonly Row[]) => ReactNode;
}

/** A page's list: room for it until it comes, why it did not, a word where it is empty, or the rows. */
export function Listing<Row>({ answer, rows = [], empty, children }: ListingProps<Row>) {
  return (
    <>
      {answer.isError && <ProblemAlert error={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.isPending && <Skeleton height={SKELETON_HEIGHT} />}
      {answer.isSuccess && rows.length === 0 && <div className="card">{empty}</div>}
      {rows.length > 0 && <Fence>{children(rows)}</Fence>}
    </>
  );
}
