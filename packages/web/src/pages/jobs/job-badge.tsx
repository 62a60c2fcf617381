import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconLoader } from '@tabler/icons-react';
import type { JobDeviceStatus, JobView } from '@viaduct/contracts';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';
import { DEVICE_TONES, DEVICE_WORDS, jobState } from './job-words.ts';

const GLYPHS = { good: IconCircleCheck, warn: IconLoader, bad: IconAlertTriangle, quiet: IconCircleDashed } as const;

export function JobBadge({ job }: { readonly job: JobView }) {
  const { word, tone } = jobState(job);
  return <Badge tone={tone}>{word}</Badge>;
}

export function DeviceOutcomeBadge({ status }: { readonly status: JobDeviceStatus }) {
  return <Badge tone={DEVICE_TONES[status]}>{DEVICE_WORDS[status]}</Badge>;
}

function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <StatusBadge tone={tone} icon={GLYPHS[tone]}>
      {children}
    </StatusBadge>
  );
}
