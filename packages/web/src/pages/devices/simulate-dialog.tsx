import { Group, Modal, NumberInput, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { DIRECTORY_KEY } from '../../api/directory-client.ts';
import { simulationClient, simulationQuery } from '../../api/simulation-client.ts';
import { devicesText } from '../../ui/devices-text.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { notify } from '../../ui/notify.ts';
import { TemplateSelect } from './template-select.tsx';

interface SimulateDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

const COUNT_FIRST = 5;

/** Devices that the server makes up, of any model: to see pages and dashboards before there is hardware. */
export function SimulateDialog({ opened, onClose }: SimulateDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Simulate devices" closeButtonProps={{ 'aria-label': 'Close' }}>
      <SimulateForm onClose={onClose} />
    </Modal>
  );
}

function SimulateForm({ onClose }: Pick<SimulateDialogProps, 'onClose'>) {
  const [templateId, setTemplateId] = useState<string | null>(null);
  const [count, setCount] = useState<number | string>(COUNT_FIRST);
  const [seconds, setSeconds] = useState<number | string>(LIMITS.SIMULATION_INTERVAL_SECONDS_DEFAULT);
  const summary = useQuery(simulationQuery);
  const room = LIMITS.SIMULATED_DEVICES_MAX - (summary.data?.devices ?? 0);
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: () => simulationClient.create({ templateId, count: Number(count), intervalSeconds: Number(seconds) }),
    onSuccess: async ({ deviceIds }) => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: DIRECTORY_KEY }),
        queryClient.invalidateQueries({ queryKey: simulationQuery.queryKey }),
      ]);
      notify(`${devicesText(deviceIds.length)} are being simulated`);
      onClose();
    },
  });
  const isReady = Number(count) >= 1 && Number(count) <= room;
  return (
    <DialogForm action="Simulate" isReady={isReady} sending={create} onSend={() => create.mutate()} onClose={onClose}>
      <TemplateSelect value={templateId} onChange={setTemplateId} />
      <Group grow align="flex-start">
        <NumberInput label="How many" min={1} max={room} allowDecimal={false} value={count} onChange={setCount} />
        <NumberInput
          label="A message every (s)"
          min={LIMITS.SIMULATION_INTERVAL_SECONDS_MIN}
          max={LIMITS.SIMULATION_INTERVAL_SECONDS_MAX}
          allowDecimal={false}
          value={seconds}
          onChange={setSeconds}
        />
      </Group>
      <Text size="sm" className="quiet">
        They connect, send, answer commands and accept properties like real ones, and are marked as simulated. There is
        room for {room.toLocaleString('en')} more.
      </Text>
    </DialogForm>
  );
}
