import { IconAlertTriangle, IconBan, IconCircleCheck, IconLoader, IconShieldX } from '@tabler/icons-react';
import type { AttemptOutcome, RegistrationView } from '@viaduct/contracts';
import { StatusBadge } from '../../ui/status-badge.tsx';

export const OUTCOME_WORDS: Readonly<Record<AttemptOutcome, string>> = {
  assigned: 'Assigned',
  refused: 'Refused',
  failed: 'Failed',
  disabled: 'Disabled',
};

/** How an attempt or a registration ended. */
export function OutcomeBadge({ outcome }: { readonly outcome: AttemptOutcome | RegistrationView['status'] }) {
  switch (outcome) {
    case 'assigned':
      return (
        <StatusBadge tone="good" icon={IconCircleCheck}>
          {OUTCOME_WORDS.assigned}
        </StatusBadge>
      );
    case 'refused':
      return (
        <StatusBadge tone="bad" icon={IconShieldX}>
          {OUTCOME_WORDS.refused}
        </StatusBadge>
      );
    case 'failed':
      return (
        <StatusBadge tone="bad" icon={IconAlertTriangle}>
          {OUTCOME_WORDS.failed}
        </StatusBadge>
      );
    case 'disabled':
      return (
        <StatusBadge tone="warn" icon={IconBan}>
          {OUTCOME_WORDS.disabled}
        </StatusBadge>
      );
    case 'assigning':
      return (
        <StatusBadge tone="warn" icon={IconLoader}>
          Under way
        </StatusBadge>
      );
    case 'unassigned':
      return (
        <StatusBadge tone="quiet" icon={IconLoader}>
          Not assigned
        </StatusBadge>
      );
    default:
      return outcome satisfies never;
  }
}
