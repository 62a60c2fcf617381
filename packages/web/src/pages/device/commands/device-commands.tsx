import { Button, Group, Skeleton, Stack, Table } from '@mantine/core';
import { IconMailbox, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { QueuedCommand } from '@viaduct/contracts';
import { commandsQuery } from '../../../api/queries.ts';
import { Age } from '../../../ui/age.tsx';
import { formatBytes, formatDuration } from '../../../ui/format.ts';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { useDeviceScope } from '../device-context.ts';
import { CommandForm } from './command-form.tsx';
import classes from './commands.module.css';

/** Messages to the device that wait until it takes them. */
export function DeviceCommands() {
  const { device } = useDeviceScope();
  const queue = useQuery(commandsQuery(device.deviceId));
  usePageTitle('Commands', device.deviceId);
  return (
    <div className={classes.columns}>
      <CommandForm deviceId={device.deviceId} />
      <Stack gap="sm">
        <Group justify="space-between">
          <h2 className={classes.title}>Queue</h2>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={queue.isFetching && !queue.isPending}
            onClick={() => void queue.refetch()}
          >
            Look again
          </Button>
        </Group>
        {queue.isPending && <Skeleton height={120} />}
        {queue.isError && <ProblemAlert error={queue.error} />}
        {queue.isSuccess && <Queue commands={queue.data} />}
      </Stack>
    </div>
  );
}

function Queue({ commands }: { readonly commands: readonly QueuedCommand[] }) {
  const nowMs = useNow();
  if (commands.length === 0) {
    return (
      <div className={`card ${classes.empty}`}>
        <IconMailbox size={22} stroke={1.5} aria-hidden="true" />
        Nothing waits: the device has taken every command, or none was sent.
      </div>
    );
  }
  return (
    <div className={`card ${classes.frame}`}>
      <Table verticalSpacing={6} fz="sm">
        <Table.Thead>
          <Table.Tr>
            {['Command', 'State', 'Expires', 'Size'].map((title) => (
              <Table.Th key={title} scope="col">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {commands.map((command) => (
            <Table.Tr key={command.sequenceNumber}>
              <Table.Td>
                <span className="mono">{command.messageId}</span>
                <br />
                <span className="quiet">
                  <Age at={command.enqueuedAt} />
                </span>
              </Table.Td>
              <Table.Td>
                {command.state === 'waiting' ? 'Waiting' : 'Delivered, not confirmed'}
                {command.deliveryCount > 0 && <span className="quiet"> · tried {command.deliveryCount}×</span>}
              </Table.Td>
              <Table.Td className="number">{remaining(command.expiresAt, nowMs)}</Table.Td>
              <Table.Td className="number">{formatBytes(command.bodyBytes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function remaining(expiresAt: string, nowMs: number): string {
  const seconds = Math.floor((Date.parse(expiresAt) - nowMs) / 1_000);
  return seconds <= 0 ? 'expired' : `in ${formatDuration(seconds)}`;
}
