import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { EnrollmentDevices, EnrollmentView } from '@viaduct/contracts';
import { useState } from 'react';
import { enrollmentQuery, provisioningClient } from '../../api/provisioning-client.ts';
import { notify } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { DevicesFailed, devicesWord, outcomeWords } from './devices-failed.tsx';

/** Disables or enables an enrolment; what happens at once to devices that are in already is the person's choice. */
export function SwitchEnrollment({ enrollment }: { readonly enrollment: EnrollmentView }) {
  const [isAsking, setAsking] = useState(false);
  const isEnabled = enrollment.status === 'enabled';
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {isEnabled ? 'Disable…' : 'Enable…'}
      </Button>
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={`${isEnabled ? 'Disable' : 'Enable'} ${enrollment.id}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <SwitchForm enrollment={enrollment} onClose={() => setAsking(false)} />
      </Modal>
    </>
  );
}

interface SwitchFormProps {
  readonly enrollment: EnrollmentView;
  readonly onClose: () => void;
}

function SwitchForm({ enrollment, onClose }: SwitchFormProps) {
  const { kind, id, status, registrations } = enrollment;
  const isEnabled = status === 'enabled';
  const act: EnrollmentDevices = isEnabled ? 'disable' : 'enable';
  const [devices, setDevices] = useState<EnrollmentDevices>('leave');
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: () => provisioningClient.change(enrollment, { status: isEnabled ? 'disabled' : 'enabled' }, devices),
    onSuccess: ({ enrollment: changed, devices: outcome }) => {
      queryClient.setQueryData(enrollmentQuery(kind, id).queryKey, changed);
      void queryClient.invalidateQueries({ queryKey: ['provisioning', 'enrollments'] });
      notify(`${id} is ${changed.status}${outcomeWords(outcome, changed.status)}`);
      if (outcome === null || outcome.failed === 0) onClose();
    },
  });
  const outcome = change.data?.devices;
  if (outcome != null && outcome.failed > 0) return <DevicesFailed outcome={outcome} onClose={onClose} />;
  return (
    <Stack>
      {change.error !== null && <ProblemAlert error={change.error} />}
      <Text size="sm">
        {isEnabled
          ? 'Devices are refused when they ask the next time. Those that are in have their hub already, and need not ask.'
          : 'Devices are let in when they ask the next time.'}
      </Text>
      {registrations > 0 && (
        <Radio.Group
          label={`${devicesWord(registrations)} came through it`}
          value={devices}
          onChange={(value) => setDevices(value === act ? act : 'leave')}
        >
          <Stack gap={8} mt={6}>
            <Radio value="leave" label={isEnabled ? 'Leave them connected' : 'Leave them as they are'} />
            {isEnabled ? (
              <Radio
                value="disable"
                label="Disable them now"
                description="They are disconnected at once, and refused."
              />
            ) : (
              <Radio value="enable" label="Enable them now" description="Those that were disabled, too." />
            )}
          </Stack>
        </Radio.Group>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button {...(isEnabled ? { color: 'red.9' } : {})} loading={change.isPending} onClick={() => change.mutate()}>
          {isEnabled ? 'Disable' : 'Enable'}
        </Button>
      </Group>
    </Stack>
  );
}
