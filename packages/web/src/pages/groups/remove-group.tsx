import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { DeviceGroupDetail } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { groupsClient, groupsQuery } from '../../api/groups-client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { notifyProblem } from '../../ui/notify.ts';

export function RemoveGroup({ group }: { readonly group: DeviceGroupDetail }) {
  const [isAsking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => groupsClient.remove(group.groupId),
    onSuccess: async () => {
      await navigate({ to: '/groups' });
      await queryClient.invalidateQueries({ queryKey: groupsQuery.queryKey });
    },
    onError: notifyProblem,
  });
  return (
    <>
      <Button ref={button} variant="default" className="danger" onClick={() => setAsking(true)}>
        Delete
      </Button>
      <ConfirmDialog
        opened={isAsking}
        title={`Delete ${group.displayName}?`}
        text="Its devices stay. Dashboards and queries that are about the group show nothing from then on."
        action="Delete group"
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
        returnTo={button}
      />
    </>
  );
}
