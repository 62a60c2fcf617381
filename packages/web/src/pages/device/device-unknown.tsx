import { Button, Stack } from '@mantine/core';
import { IconDevicesQuestion } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { consoleClient } from '../../api/console-client.ts';
import { deviceQuery, refusalsQuery } from '../../api/queries.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { RefusalsPanel } from './refusals-panel.tsx';

/** An id nobody registered. It may still have knocked, and then this page says so. */
export function DeviceUnknown({ deviceId }: { readonly deviceId: string }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const refusals = useQuery(refusalsQuery(deviceId));
  const create = useMutation({
    mutationFn: () => consoleClient.createDevice({ deviceId }),
    onSuccess: async (device) => {
      queryClient.setQueryData(deviceQuery(deviceId).queryKey, device);
      await navigate({ to: '/devices/$deviceId/connect', params: { deviceId } });
    },
  });
  return (
    <Stack>
      <EmptyState
        order={1}
        icon={IconDevicesQuestion}
        title={`There is no device “${deviceId}”`}
        text="It was deleted, or never created; ids are case-sensitive."
      >
        <Button onClick={() => create.mutate()} loading={create.isPending}>
          Create this device
        </Button>
      </EmptyState>
      {create.isError && <ProblemAlert error={create.error} />}
      <RefusalsPanel refusals={refusals.data ?? []} />
    </Stack>
  );
}
