import { Button, Group } from '@mantine/core';
import { IconChartHistogram, IconLayoutDashboard } from '@tabler/icons-react';
import type { ExplorationView } from '@viaduct/contracts';
import { lazy, Suspense, useState } from 'react';
import { searchOf } from '../explorer/exploration-search.ts';
import { DAY_RANGE } from '../time-range/time-choice.ts';
import { ButtonLink } from '../ui/button-link.tsx';
import { CopyButton } from '../ui/copy-button.tsx';

/** Only when somebody wants it: the page of a device does without. */
const PinDialog = lazy(async () => ({ default: (await import('../pages/explorer/pin-dialog.tsx')).PinDialog }));

interface InfoActionsProps {
  readonly deviceId: string;
  /** As the explorer names it, with its component. */
  readonly path: string;
  readonly isNumber: boolean;
  /** The same in the query language; null until the history has answered. */
  readonly query: string | null;
}

/** Where a value leads to: the explorer, a dashboard, a query. */
export function InfoActions({ deviceId, path, isNumber, query }: InfoActionsProps) {
  const [isPinning, setPinning] = useState(false);
  const view: ExplorationView = {
    source: { kind: 'devices', deviceIds: [deviceId] },
    lines: [{ path, aggregate: isNumber ? 'avg' : 'none' }],
    range: DAY_RANGE,
    axes: 'shared',
  };
  return (
    <Group gap="xs" mt="xs">
      <ButtonLink
        size="compact-xs"
        variant="default"
        to="/explorer"
        search={searchOf(view)}
        leftSection={<IconChartHistogram size={14} />}
      >
        Explore
      </ButtonLink>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconLayoutDashboard size={14} />}
        onClick={() => setPinning(true)}
      >
        Add to dashboard
      </Button>
      {query !== null && query !== '' && <CopyButton text={query} label="Copy query" />}
      {isPinning && (
        <Suspense>
          <PinDialog opened onClose={() => setPinning(false)} view={view} />
        </Suspense>
      )}
    </Group>
  );
}
