import { CatchBoundary, type ErrorComponentProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

/** Around a part that draws whatever devices send: where it cannot, it says so in its own place, and the page stays. */
export function Fence({ children }: { readonly children: ReactNode }) {
  return (
    <CatchBoundary getResetKey={() => 'part'} errorComponent={PartProblem}>
      {children}
    </CatchBoundary>
  );
}

function PartProblem({ error, reset }: ErrorComponentProps) {
  return <ProblemAlert error={error} onRetry={reset} />;
}
