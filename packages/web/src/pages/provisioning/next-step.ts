import type { AttemptView } from '@viaduct/contracts';

/** What somebody may do about a device that was turned away: where the button leads. */
export type NextStep =
  | { readonly kind: 'enroll'; readonly registrationId: string }
  | {
      readonly kind: 'showEnrollment';
      readonly enrollment: NonNullable<AttemptView['enrollment']>;
      readonly text: string;
    }
  | { readonly kind: 'certificates' }
  | { readonly kind: 'hubs' }
  | { readonly kind: 'showDevice'; readonly deviceId: string }
  /** The id scope and how a device is to be set up. */
  | { readonly kind: 'setUp' };

/** The one next step for an attempt; undefined where only the device can do something. Pure. */
export function nextStep(attempt: AttemptView): NextStep | undefined {
  const { code, enrollment, registrationId, deviceId, isHere } = attempt;
  if (attempt.outcome === 'assigned') {
    return isHere && deviceId !== null ? { kind: 'showDevice', deviceId } : undefined;
  }
  switch (code) {
    case 'enrollment.notFound':
      return enrolling(registrationId);
    case 'credential.signatureMismatch':
      // Of none of the groups: then it may be meant to have an enrolment of its own.
      return enrollment === null ? enrolling(registrationId) : shown(enrollment, 'Show the keys');
    case 'enrollment.disabled':
      return shown(enrollment, 'Enable the enrolment');
    case 'credential.certificateUntrusted':
    case 'certificate.notFound':
      return { kind: 'certificates' };
    case 'registration.hubMissing':
    case 'linkedHub.notFound':
    case 'linkedHub.unreachable':
    case 'linkedHub.refused':
      return { kind: 'hubs' };
    case 'provisioning.scopeUnknown':
      return { kind: 'setUp' };
    default:
      return shown(enrollment, code?.startsWith('allocation.') ? 'Show the webhook' : 'Show the enrolment');
  }
}

function enrolling(registrationId: string | null): NextStep | undefined {
  return registrationId === null ? undefined : { kind: 'enroll', registrationId };
}

function shown(enrollment: AttemptView['enrollment'], text: string): NextStep | undefined {
  return enrollment === null ? undefined : { kind: 'showEnrollment', enrollment, text };
}
