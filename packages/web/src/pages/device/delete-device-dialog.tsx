import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { RefObject } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { DIRECTORY_KEY } from '../../api/directory-client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { notify, notifyProblem } from '../../ui/notify.ts';

interface DeleteDeviceDialogProps {
  readonly deviceId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly returnTo: RefObject<HTMLElement | null>;
}

/** Deletes the device after asking; leads to the list, for its page is gone. */
export function DeleteDeviceDialog({ deviceId, ...dialog }: DeleteDeviceDialogProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => consoleClient.deleteIdentity({ deviceId }),
    onSuccess: async () => {
      await navigate({ to: '/devices' });
      queryClient.removeQueries({ queryKey: ['device', deviceId] });
      void queryClient.invalidateQueries({ queryKey: DIRECTORY_KEY });
      notify(`${deviceId} is deleted`);
    },
    onError: notifyProblem,
  });
  return (
    <ConfirmDialog
      {...dialog}
      title={`Delete ${deviceId}?`}
      text="Its identity, keys, modules, properties and waiting commands go. Telemetry in the log stays until it expires."
      action="Delete device"
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
    />
  );
}
