import { Button, Group, Stack, TextInput } from '@mantine/core';
import { IconFilter, IconMessageOff, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import type { LiveTelemetry } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { filterMessages } from '../../../live/filter-messages.ts';
import { type FeedView, useFeedVersion } from '../../../live/use-device-feed.ts';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { useDeviceScope } from '../device-context.ts';
import { MessageTable } from './message-table.tsx';

const route = getRouteApi('/shell/devices/$deviceId/messages');

/** Every message as it came, newest first. */
export function DeviceMessages() {
  const { device, view, paused, setPaused } = useDeviceScope();
  const { filter = '', open } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(filter);
  useFeedVersion(view);
  usePageTitle('Raw messages', device.deviceId);
  const kept = useKept(view, paused);
  const shown = filterMessages(kept, filter);
  return (
    <Stack gap="sm">
      <h2 className="hidden-visually">Raw messages</h2>
      <Group gap="xs">
        <TextInput
          size="xs"
          aria-label="Filter messages"
          placeholder="Filter by text"
          leftSection={<IconFilter size={14} />}
          value={typed}
          onChange={(event) => {
            const text = event.currentTarget.value;
            setTyped(text);
            void navigate({ search: (old) => ({ ...old, filter: text || undefined }), replace: true });
          }}
        />
        <Button
          size="xs"
          variant="default"
          aria-pressed={paused}
          leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
          onClick={() => setPaused(!paused)}
        >
          {paused ? 'Resume' : 'Pause'}
        </Button>
        <span className="quiet number">
          {shown.length.toLocaleString('en')} {shown.length === 1 ? 'message' : 'messages'}
          {paused && view.feed.messages.length > kept.length ? `, ${view.feed.messageCount} in all` : ''}
        </span>
      </Group>
      {shown.length > 0 ? (
        <MessageTable
          messages={shown}
          open={open ?? null}
          onOpen={(position) => {
            void navigate({ search: (old) => ({ ...old, open: position ?? undefined }), replace: true });
          }}
        />
      ) : (
        <NoMessages deviceId={device.deviceId} isFiltered={filter !== ''} />
      )}
    </Stack>
  );
}

/** While paused, the list as it was when the pause began. */
function useKept(view: FeedView, paused: boolean): readonly LiveTelemetry[] {
  const held = useRef<readonly LiveTelemetry[] | null>(null);
  if (!paused) held.current = null;
  else held.current ??= [...view.feed.messages];
  return held.current ?? view.feed.messages;
}

function NoMessages({ deviceId, isFiltered }: { readonly deviceId: string; readonly isFiltered: boolean }) {
  const text = isFiltered ? 'No message contains this text.' : 'Messages appear here as they come.';
  return (
    <div className="card">
      <EmptyState icon={IconMessageOff} title="No messages" text={text}>
        {!isFiltered && (
          <ButtonLink to="/devices/$deviceId/connect" params={{ deviceId }} variant="default">
            How to connect it
          </ButtonLink>
        )}
      </EmptyState>
    </div>
  );
}
