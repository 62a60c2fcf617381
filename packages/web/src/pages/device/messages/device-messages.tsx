import { Group, NativeSelect, Skeleton, Stack, TextInput } from '@mantine/core';
import { IconFilter, IconMessageOff } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { filterMessages } from '../../../live/filter-messages.ts';
import { LIVE_SECONDS } from '../../../live/use-device-feed.ts';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { PauseButton } from '../../../ui/pause-button.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useDeviceScope } from '../device-context.ts';
import { ColumnPicker } from './column-picker.tsx';
import { columnsOf } from './message-fields.ts';
import { MessageTable } from './message-table.tsx';
import { useMessages } from './use-messages.ts';

const route = getRouteApi('/shell/devices/$deviceId/messages');

const SINCE_CHOICES = [
  { value: String(LIVE_SECONDS), label: 'Last 10 minutes' },
  { value: '3600', label: 'Last hour' },
  { value: '43200', label: 'Last 12 hours' },
  { value: '86400', label: 'Last day' },
  { value: '604800', label: 'Last week' },
];

/** Every message as it came, newest first. */
export function DeviceMessages() {
  const { device, view, paused, setPaused } = useDeviceScope();
  const { filter = '', open, since = LIVE_SECONDS, columns = [] } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(filter);
  usePageTitle('Raw data', device.deviceId);
  const list = useMessages(view, since, paused);
  const shown = filterMessages(list.messages, filter);
  const change = (wanted: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (old) => ({ ...old, ...wanted }), replace: true });
  return (
    <Stack gap="sm">
      <h2 className="hidden-visually">Raw data</h2>
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
            change({ filter: text || undefined });
          }}
        />
        <NativeSelect
          size="xs"
          aria-label="Messages of"
          value={String(since)}
          data={SINCE_CHOICES}
          onChange={(event) => {
            const seconds = Number(event.currentTarget.value);
            change({ since: seconds === LIVE_SECONDS ? undefined : seconds });
          }}
        />
        <ColumnPicker
          columns={columnsOf(shown, device.model)}
          chosen={columns}
          onChoose={(keys) => change({ columns: keys.length === 0 ? undefined : keys })}
        />
        <PauseButton paused={paused} onChange={setPaused} />
        <span className="quiet number">
          {shown.length.toLocaleString('en')} {shown.length === 1 ? 'message' : 'messages'}
          {list.isCut && ', older ones left out'}
          {paused && `, ${view.feed.messageCount} heard`}
        </span>
      </Group>
      {list.error !== null && <ProblemAlert error={list.error} />}
      {list.isPending ? (
        <Skeleton height={320} />
      ) : shown.length > 0 ? (
        <MessageTable
          messages={shown}
          columns={columns}
          device={device}
          open={open ?? null}
          onOpen={(position) => change({ open: position ?? undefined })}
        />
      ) : (
        <NoMessages deviceId={device.deviceId} isFiltered={filter !== ''} />
      )}
    </Stack>
  );
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
