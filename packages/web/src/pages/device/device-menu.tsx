import { ActionIcon, Menu } from '@mantine/core';
import { IconBan, IconCircleCheck, IconDots, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { DeviceDetail } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { deviceQuery } from '../../api/queries.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { notify, notifyProblem } from '../../ui/notify.ts';

/** What can be done to the identity itself. Disabling is undone with a click; deleting asks first. */
export function DeviceMenu({ device }: { readonly device: DeviceDetail }) {
  const { deviceId, status } = device;
  const button = useRef<HTMLButtonElement>(null);
  const [isConfirming, setConfirming] = useState(false);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const other = status === 'enabled' ? 'disabled' : 'enabled';
  const toggle = useMutation({
    mutationFn: () => consoleClient.patchDevice(deviceId, { status: other }),
    onSuccess: (changed) => {
      queryClient.setQueryData(deviceQuery(deviceId).queryKey, changed);
      notify(`${deviceId} is ${changed.status}`);
    },
    onError: notifyProblem,
  });
  const remove = useMutation({
    mutationFn: () => consoleClient.deleteDevice(deviceId),
    onSuccess: async () => {
      await navigate({ to: '/devices' });
      queryClient.removeQueries({ queryKey: ['device', deviceId] });
      void queryClient.invalidateQueries({ queryKey: ['devices'] });
      notify(`${deviceId} is deleted`);
    },
    onError: notifyProblem,
  });
  return (
    <>
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon ref={button} variant="default" size={32} aria-label="Device actions">
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={status === 'enabled' ? <IconBan size={16} /> : <IconCircleCheck size={16} />}
            onClick={() => toggle.mutate()}
          >
            {status === 'enabled' ? 'Disable' : 'Enable'}
          </Menu.Item>
          <Menu.Item className="danger" leftSection={<IconTrash size={16} />} onClick={() => setConfirming(true)}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={isConfirming}
        title={`Delete ${deviceId}?`}
        text="Its identity, keys, properties and waiting commands go. Telemetry in the log stays until it expires."
        action="Delete device"
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setConfirming(false)}
        returnTo={button}
      />
    </>
  );
}
