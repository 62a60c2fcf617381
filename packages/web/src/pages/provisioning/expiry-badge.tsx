import { IconAlertTriangle, IconCertificate } from '@tabler/icons-react';
import { formatMoment } from '../../ui/format.ts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { useNow } from '../../ui/use-now.ts';
import { authorityValidity } from '../certificates/authority-validity.ts';

interface ExpiryBadgeProps {
  readonly ends: number;
  /** When it begins; absent where it has begun. */
  readonly begins?: number;
}

/** How long a certificate still holds, in words and colour. */
export function ExpiryBadge({ ends, begins = 0 }: ExpiryBadgeProps) {
  const { text, tone } = authorityValidity(begins, ends, useNow());
  return (
    <span title={`Valid until ${formatMoment(new Date(ends).toISOString())}`}>
      <StatusBadge tone={tone} icon={tone === 'good' ? IconCertificate : IconAlertTriangle}>
        {text}
      </StatusBadge>
    </span>
  );
}
