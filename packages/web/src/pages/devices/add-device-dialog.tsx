import { Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { deviceQuery } from '../../api/queries.ts';
import { NewIdentityDialog } from '../../credentials/new-identity-dialog.tsx';
import { suggestDeviceId } from './suggest-device-id.ts';

interface AddDeviceDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** An id, and how the device is to prove it. What comes after, the Connect page says. */
export function AddDeviceDialog({ opened, onClose }: AddDeviceDialogProps) {
  const [suggestion, setSuggestion] = useState('');
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: consoleClient.createDevice,
    onSuccess: async (device) => {
      queryClient.setQueryData(deviceQuery(device.deviceId).queryKey, device);
      void queryClient.invalidateQueries({ queryKey: ['devices'] });
      await navigate({ to: '/devices/$deviceId/connect', params: { deviceId: device.deviceId } });
    },
  });
  const { reset } = create;
  useEffect(() => {
    if (!opened) return;
    reset();
    setSuggestion(suggestDeviceId([Math.random(), Math.random(), Math.random()]));
  }, [opened, reset]);
  return (
    <NewIdentityDialog
      opened={opened}
      onClose={onClose}
      title="Add device"
      label="Device id"
      description="The name by which the device identifies itself; upper and lower case differ."
      suggestion={suggestion}
      error={create.error}
      isPending={create.isPending}
      note={
        <Text size="sm" className="quiet">
          Many devices that are alike? An <Link to="/enrollments/new">enrolment group</Link> lets them in without this.
        </Text>
      }
      onCreate={(deviceId, authentication) => create.mutate({ deviceId, authentication })}
    />
  );
}
