import { IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { DeviceIdentity } from '@viaduct/contracts';
import { consoleClient } from '../../../api/console-client.ts';
import { modulesQuery } from '../../../api/queries.ts';
import { ConfirmButton } from '../../../ui/confirm-button.tsx';

/** Deletes a module after asking; leads to the list, for its page is gone. */
export function DeleteModule({ identity }: { readonly identity: Required<DeviceIdentity> }) {
  const { deviceId, moduleId } = identity;
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const remove = async () => {
    await consoleClient.deleteIdentity(identity);
    await navigate({ to: '/devices/$deviceId/modules', params: { deviceId } });
    await queryClient.invalidateQueries({ queryKey: modulesQuery(deviceId).queryKey, exact: true });
  };
  return (
    <ConfirmButton
      label={`Delete module ${moduleId}`}
      icon={IconTrash}
      question={`Delete ${moduleId}?`}
      consequence="Its identity, keys, properties and waiting commands go, and it is disconnected. What it sent stays in the log until it expires."
      action="Delete module"
      done={`${moduleId} is deleted`}
      act={remove}
    />
  );
}
