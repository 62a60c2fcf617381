import type { TwinView } from '@viaduct/contracts';

/**
 * What is shown once a change was answered: the live stream may be quicker than the answer, and have told already what the device said to
 * it. Pure.
 */
export function newerTwin(shown: TwinView | undefined, answered: TwinView): TwinView {
  return shown !== undefined && shown.version > answered.version ? shown : answered;
}
