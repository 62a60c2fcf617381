import type { TwinView } from '@viaduct/contracts';

/**
 * What is shown once a change was answered: the live stream may be quicker than the answer, and have told already what the device said to
 * it. The versions of both sections only grow, and `version` does not count what the device reports: their sum tells which is newer. Pure.
 */
export function newerTwin(shown: TwinView | undefined, answered: TwinView): TwinView {
  return shown !== undefined && stepsOf(shown) > stepsOf(answered) ? shown : answered;
}

function stepsOf({ desired, reported }: TwinView): number {
  return desired.version + reported.version;
}
