import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { IconPlus, IconPuzzle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LIMITS, type NewModule } from '@viaduct/contracts';
import { useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { modulesQuery } from '../../../api/queries.ts';
import { NewIdentityDialog } from '../../../credentials/new-identity-dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useDeviceScope } from '../device-context.ts';
import { ModuleTable } from './module-table.tsx';
import classes from './modules.module.css';

/** The live stream does not tell when modules come and go: asked for again this often, ms. */
export const MODULE_REFRESH_MS = 5_000;

/** Parts of the device that speak for themselves. */
export function DeviceModules() {
  const { deviceId } = useDeviceScope().device;
  const modules = useQuery({ ...modulesQuery(deviceId), refetchInterval: MODULE_REFRESH_MS });
  const [isAdding, setAdding] = useState(false);
  usePageTitle('Modules', deviceId);
  const add = () => setAdding(true);
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <h2 className={classes.title} id="modules">
          Modules{' '}
          {modules.data !== undefined && (
            <span className="quiet number">
              {modules.data.length} of {LIMITS.MODULES_PER_DEVICE_MAX}
            </span>
          )}
        </h2>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={add}>
          Add module
        </Button>
      </Group>
      {modules.isPending && <Skeleton height={160} />}
      {modules.isError && <ProblemAlert error={modules.error} onRetry={() => void modules.refetch()} />}
      {modules.data?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={IconPuzzle}
            title="No modules"
            text="A module is a program on the device with an identity, a twin and credentials of its own."
          >
            <Button onClick={add}>Add the first module</Button>
          </EmptyState>
        </div>
      )}
      {modules.data !== undefined && modules.data.length > 0 && <ModuleTable modules={modules.data} />}
      <AddModuleDialog deviceId={deviceId} opened={isAdding} onClose={() => setAdding(false)} />
    </Stack>
  );
}

interface AddModuleDialogProps {
  readonly deviceId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function AddModuleDialog({ deviceId, opened, onClose }: AddModuleDialogProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: (module: NewModule) => consoleClient.createModule(deviceId, module),
    onSuccess: async ({ moduleId }) => {
      onClose();
      void queryClient.invalidateQueries({ queryKey: modulesQuery(deviceId).queryKey });
      await navigate({ to: '/devices/$deviceId/modules/$moduleId', params: { deviceId, moduleId } });
    },
  });
  const close = () => {
    create.reset();
    onClose();
  };
  return (
    <NewIdentityDialog
      opened={opened}
      onClose={close}
      title="Add module"
      label="Module id"
      description="The name by which the module identifies itself on this device."
      namePrefix={`${deviceId}/`}
      suggestion=""
      error={create.error}
      isPending={create.isPending}
      onCreate={(moduleId, authentication) => create.mutate({ moduleId, authentication })}
    />
  );
}
