import { ActionIcon, Menu } from '@mantine/core';
import { IconBan, IconCircleCheck, IconDots, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DeviceDetail } from '@viaduct/contracts';
import { lazy, Suspense, useRef, useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { deviceQuery } from '../../api/queries.ts';
import { notify, notifyProblem } from '../../ui/notify.ts';

/** Few pages need it, and a dialog is as large as all of this page's own code. */
const DeleteDeviceDialog = lazy(async () => {
  const { DeleteDeviceDialog: dialog } = await import('./delete-device-dialog.tsx');
  return { default: dialog };
});

/** What can be done to the identity itself. Disabling is undone with a click; deleting asks first. */
export function DeviceMenu({ device }: { readonly device: DeviceDetail }) {
  const { deviceId, status } = device;
  const button = useRef<HTMLButtonElement>(null);
  const [isConfirming, setConfirming] = useState(false);
  const [wasAsked, setAsked] = useState(false);
  const queryClient = useQueryClient();
  const other = status === 'enabled' ? 'disabled' : 'enabled';
  const toggle = useMutation({
    mutationFn: () => consoleClient.patchIdentity({ deviceId }, { status: other }),
    onSuccess: (changed) => {
      queryClient.setQueryData(deviceQuery(deviceId).queryKey, changed);
      notify(`${deviceId} is ${changed.status}`);
    },
    onError: notifyProblem,
  });
  const askToDelete = () => {
    setAsked(true);
    setConfirming(true);
  };
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
          <Menu.Item className="danger" leftSection={<IconTrash size={16} />} onClick={askToDelete}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {wasAsked && (
        <Suspense>
          <DeleteDeviceDialog
            deviceId={deviceId}
            opened={isConfirming}
            onClose={() => setConfirming(false)}
            returnTo={button}
          />
        </Suspense>
      )}
    </>
  );
}
