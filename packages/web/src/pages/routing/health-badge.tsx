import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconPlayerPause,
  IconProgressAlert,
} from '@tabler/icons-react';
import type { EndpointHealth } from '@viaduct/contracts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { HEALTH_WORDS } from './routing-words.ts';

const GLYPHS = {
  unknown: IconCircleDashed,
  healthy: IconCircleCheck,
  degraded: IconProgressAlert,
  unhealthy: IconAlertTriangle,
  dead: IconAlertTriangle,
  paused: IconPlayerPause,
} as const;

export function HealthBadge({ health }: { readonly health: EndpointHealth }) {
  const { word, tone } = HEALTH_WORDS[health];
  return (
    <StatusBadge tone={tone} icon={GLYPHS[health]}>
      {word}
    </StatusBadge>
  );
}
