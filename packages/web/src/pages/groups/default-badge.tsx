import { IconBookmark } from '@tabler/icons-react';
import { StatusBadge } from '../../ui/status-badge.tsx';

/** The group that devices of a model are in without anybody making it. */
export function DefaultBadge() {
  return (
    <StatusBadge tone="quiet" icon={IconBookmark}>
      Default
    </StatusBadge>
  );
}
