import { IconCircleCheck, IconPencil } from '@tabler/icons-react';
import type { TemplateRow } from '@viaduct/contracts';
import { StatusBadge } from '../../ui/status-badge.tsx';

/** Whether devices have it as it is, and whether somebody works on it. */
export function ModelBadge({ row }: { readonly row: Pick<TemplateRow, 'isPublished' | 'hasDraft'> }) {
  if (!row.isPublished) {
    return (
      <StatusBadge tone="quiet" icon={IconPencil}>
        Draft
      </StatusBadge>
    );
  }
  return row.hasDraft ? (
    <StatusBadge tone="warn" icon={IconPencil}>
      Published, with a draft
    </StatusBadge>
  ) : (
    <StatusBadge tone="good" icon={IconCircleCheck}>
      Published
    </StatusBadge>
  );
}
