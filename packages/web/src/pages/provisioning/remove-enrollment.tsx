import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { EnrollmentDevices, EnrollmentView } from '@viaduct/contracts';
import { useState } from 'react';
import { provisioningClient } from '../../api/provisioning-client.ts';
import { notify } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { DevicesFailed, devicesWord, outcomeWords } from './devices-failed.tsx';

const route = getRouteApi('/shell/enrollments/$kind/$id');

/** Removes an enrolment for good; what happens at once to its devices is the person's choice. */
export function RemoveEnrollment({ enrollment }: { readonly enrollment: EnrollmentView }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        Remove…
      </Button>
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={`Remove ${enrollment.id}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <RemoveForm enrollment={enrollment} onClose={() => setAsking(false)} />
      </Modal>
    </>
  );
}

const CHOICES = [
  { value: 'leave', label: 'Leave them connected', description: 'They have their hub, and need not ask again.' },
  { value: 'disable', label: 'Disable them now', description: 'They are disconnected at once, and refused.' },
  { value: 'delete', label: 'Delete them now', description: 'Their identities, twins and keys are gone for good.' },
] as const;

function RemoveForm({ enrollment, onClose }: { readonly enrollment: EnrollmentView; readonly onClose: () => void }) {
  const { id, kind, registrations } = enrollment;
  const [devices, setDevices] = useState<EnrollmentDevices>('leave');
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => provisioningClient.remove(enrollment, devices),
    onSuccess: async ({ devices: outcome }) => {
      notify(`${id} is removed${outcomeWords(outcome, devices === 'delete' ? 'deleted' : 'disabled')}`);
      if (outcome !== null && outcome.failed > 0) return;
      await leave();
    },
  });
  const leave = async () => {
    await navigate({ to: '/enrollments', search: kind === 'group' ? {} : { kind } });
    void queryClient.invalidateQueries({ queryKey: ['provisioning', 'enrollments'] });
    void queryClient.invalidateQueries({ queryKey: ['provisioning', 'overview'] });
  };
  const outcome = remove.data?.devices;
  if (outcome != null && outcome.failed > 0) return <DevicesFailed outcome={outcome} onClose={() => void leave()} />;
  return (
    <Stack>
      {remove.error !== null && <ProblemAlert error={remove.error} />}
      <Text size="sm">
        {kind === 'group'
          ? 'Nobody is let in by this group any more. Its keys are gone; a new group of the same id has other ones.'
          : 'The device is not let in by this enrolment any more; a group may still let it in.'}
      </Text>
      {registrations > 0 && (
        <Radio.Group
          label={`${devicesWord(registrations)} came through it`}
          value={devices}
          onChange={(value) => setDevices(CHOICES.find((choice) => choice.value === value)?.value ?? 'leave')}
        >
          <Stack gap={8} mt={6}>
            {CHOICES.map((choice) => (
              <Radio key={choice.value} {...choice} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove
        </Button>
      </Group>
    </Stack>
  );
}
