import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { isValidId } from '@viaduct/contracts';
import { type FormEvent, useEffect, useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { deviceQuery } from '../../api/queries.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { suggestDeviceId } from './suggest-device-id.ts';

interface AddDeviceDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** One field. What comes after the id, the Connect page says. */
export function AddDeviceDialog({ opened, onClose }: AddDeviceDialogProps) {
  const [deviceId, setDeviceId] = useState('');
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
    setDeviceId(suggestDeviceId([Math.random(), Math.random(), Math.random()]));
  }, [opened, reset]);

  const isValid = isValidId(deviceId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isValid) create.mutate({ deviceId });
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Add device" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {create.isError && <ProblemAlert error={create.error} />}
          <TextInput
            label="Device id"
            description="The name by which the device identifies itself; upper and lower case differ."
            data-autofocus
            value={deviceId}
            onChange={(event) => setDeviceId(event.currentTarget.value)}
            onFocus={(event) => event.currentTarget.select()}
            error={isValid || deviceId === '' ? null : "Up to 128 of A-Z a-z 0-9 and -:.+%_#*?!(),=@;$'"}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!isValid} loading={create.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
