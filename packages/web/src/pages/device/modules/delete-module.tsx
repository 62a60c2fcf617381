import { ActionIcon, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { DeviceIdentity } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { modulesQuery } from '../../../api/queries.ts';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { notify, notifyProblem } from '../../../ui/notify.ts';

/** Deletes a module after asking; leads to the list, for its page is gone. */
export function DeleteModule({ identity }: { readonly identity: Required<DeviceIdentity> }) {
  const { deviceId, moduleId } = identity;
  const button = useRef<HTMLButtonElement>(null);
  const [isConfirming, setConfirming] = useState(false);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => consoleClient.deleteIdentity(identity),
    onSuccess: async () => {
      setConfirming(false);
      await navigate({ to: '/devices/$deviceId/modules', params: { deviceId } });
      await queryClient.invalidateQueries({ queryKey: modulesQuery(deviceId).queryKey, exact: true });
      notify(`${moduleId} is deleted`);
    },
    onError: notifyProblem,
  });
  const label = `Delete module ${moduleId}`;
  return (
    <>
      <Tooltip label={label}>
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          size={26}
          aria-label={label}
          onClick={() => setConfirming(true)}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        opened={isConfirming}
        title={`Delete ${moduleId}?`}
        text="Its identity, keys, properties and waiting commands go, and it is disconnected. What it sent stays in the log until it expires."
        action="Delete module"
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setConfirming(false)}
        returnTo={button}
      />
    </>
  );
}
