import type { DevicePlace, ReprovisionPolicy } from '../ports.ts';

/** What becomes of a device that registers. */
export type Move =
  /** It is nowhere yet. */
  | 'initial'
  /** It stays where it is: its credentials are brought up to date, its twin is left alone. */
  | 'stay'
  /** It goes elsewhere, and its twin with it. */
  | 'migrate'
  /** It goes elsewhere, and begins anew. */
  | 'reset';

/**
 * Whether a device must stay at its hub, whatever the allocation would say. Pure. A hub that is not linked any more keeps nobody.
 *
 *     updateHubAssignment   hub is linked   client knows reprovisioning
 *     false                 yes             any                           stays
 *     true                  yes             no                            stays
 *     true                  yes             yes                           is allocated again
 *     any                   no              any                           is allocated again
 */
export function mustStay(question: {
  readonly isHubLinked: boolean;
  readonly policy: ReprovisionPolicy;
  readonly isReevaluated: boolean;
}): boolean {
  const { isHubLinked, policy, isReevaluated } = question;
  return isHubLinked && !(policy.updateHubAssignment && isReevaluated);
}

/** What becomes of a device that is at `current` and is to be at `target`. Pure. */
export function decideMove(question: {
  readonly current: DevicePlace | null;
  readonly target: DevicePlace;
  readonly policy: ReprovisionPolicy;
  /** What is not linked any more cannot be asked for the twin. */
  readonly isCurrentLinked: boolean;
}): Move {
  const { current, target, policy, isCurrentLinked } = question;
  if (current === null) return 'initial';
  if (samePlace(current, target)) return 'stay';
  return policy.migrateDeviceData && isCurrentLinked ? 'migrate' : 'reset';
}

export function samePlace(a: DevicePlace, b: DevicePlace): boolean {
  return a.hubName === b.hubName && a.deviceId === b.deviceId;
}
