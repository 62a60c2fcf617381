import { Stack, Switch, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { LIMITS, type NewAuthentication } from '@viaduct/contracts';
import { useEffect, useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { DIRECTORY_KEY, directoryClient } from '../../api/directory-client.ts';
import { NewIdentityDialog } from '../../credentials/new-identity-dialog.tsx';
import classes from './devices.module.css';
import { suggestDeviceId } from './suggest-device-id.ts';
import { TemplateSelect } from './template-select.tsx';

interface AddDeviceDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

interface Extras {
  readonly displayName: string;
  readonly templateId: string | null;
  readonly simulated: boolean;
}

const NO_EXTRAS: Extras = { displayName: '', templateId: null, simulated: false };

/** An id, and how the device is to prove it; and, for who wants them, a name, a model, and whether it is made up. */
export function AddDeviceDialog({ opened, onClose }: AddDeviceDialogProps) {
  const [suggestion, setSuggestion] = useState('');
  const [extras, setExtras] = useState(NO_EXTRAS);
  const create = useCreateDevice(extras);
  const { reset } = create;
  useEffect(() => {
    if (!opened) return;
    reset();
    setExtras(NO_EXTRAS);
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
        <>
          <ExtraFields extras={extras} onExtras={setExtras} />
          <Text size="sm" className="quiet">
            Many devices that are alike? An <Link to="/enrollments/new">enrolment group</Link> lets them in without
            this.
          </Text>
        </>
      }
      onCreate={(deviceId, authentication) => create.mutate({ deviceId, authentication })}
    />
  );
}

/** With keys of central's own enrolment group; one with a certificate is made at the hub, and then described. */
function useCreateDevice({ displayName, templateId, simulated }: Extras) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ deviceId, authentication }: { deviceId: string; authentication: NewAuthentication }) => {
      const named = displayName.trim() === '' ? {} : { displayName: displayName.trim() };
      const described = { ...named, templateId, simulated };
      if (authentication.type === 'sas') return directoryClient.create({ deviceId, ...described });
      await consoleClient.createDevice({ deviceId, authentication });
      return directoryClient.change(deviceId, described);
    },
    onSuccess: async ({ deviceId }) => {
      void queryClient.invalidateQueries({ queryKey: DIRECTORY_KEY });
      const params = { deviceId };
      await (simulated
        ? navigate({ to: '/devices/$deviceId', params })
        : navigate({ to: '/devices/$deviceId/connect', params }));
    },
  });
}

interface ExtraFieldsProps {
  readonly extras: Extras;
  readonly onExtras: (extras: Extras) => void;
}

function ExtraFields({ extras, onExtras }: ExtraFieldsProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div>
      <UnstyledButton className={classes.more} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <IconChevronDown size={16} aria-hidden="true" data-open={isOpen || undefined} />
        Name, model, simulation
      </UnstyledButton>
      {isOpen && (
        <Stack gap="sm" mt="xs">
          <TextInput
            label="Name"
            placeholder="As its id"
            maxLength={LIMITS.CENTRAL_NAME_CHARACTERS_MAX}
            value={extras.displayName}
            onChange={(event) => onExtras({ ...extras, displayName: event.currentTarget.value })}
          />
          <TemplateSelect value={extras.templateId} onChange={(templateId) => onExtras({ ...extras, templateId })} />
          <Switch
            label="Simulate this device"
            description="The server makes up what it says, by its model."
            checked={extras.simulated}
            onChange={(event) => onExtras({ ...extras, simulated: event.currentTarget.checked })}
          />
        </Stack>
      )}
    </div>
  );
}
