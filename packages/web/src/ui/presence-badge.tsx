import { IconBan, IconCircleDashed, IconPlugConnected } from '@tabler/icons-react';
import { StatusBadge } from './status-badge.tsx';

interface PresenceProps {
  readonly connected: boolean;
  readonly status: 'enabled' | 'disabled';
}

export function PresenceBadge({ connected, status }: PresenceProps) {
  const [tone, icon, word] = connected
    ? (['good', IconPlugConnected, 'Connected'] as const)
    : status === 'disabled'
      ? (['bad', IconBan, 'Disabled'] as const)
      : (['quiet', IconCircleDashed, 'Offline'] as const);
  return (
    <StatusBadge tone={tone} icon={icon}>
      {word}
    </StatusBadge>
  );
}
