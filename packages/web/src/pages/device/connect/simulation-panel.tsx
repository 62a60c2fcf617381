import { Button, NumberInput } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconWaveSine } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { LIMITS, type SimulatedDeviceRow, type SimulationChange, type SimulationState } from '@viaduct/contracts';
import { simulatedDeviceQuery, simulationClient } from '../../../api/simulation-client.ts';
import { notifyProblem } from '../../../ui/notify.ts';
import classes from './connect.module.css';

const WORDS: Readonly<Record<SimulationState, readonly [title: string, text: string]>> = {
  running: ['Simulated: the server makes up what this device says', 'A real one that connects with its id takes over.'],
  stopped: ['Simulated, and stopped', 'It is offline until it is started again.'],
  waiting: ['Simulated, and waiting', 'It is blocked, or nobody has approved it yet.'],
  replaced: ['A real device has taken over', 'It is not disturbed. Start the simulation again when it is gone.'],
};

/** In the place of what waits for a device: this one comes by itself. */
export function SimulationPanel({ deviceId }: { readonly deviceId: string }) {
  const simulated = useQuery(simulatedDeviceQuery(deviceId));
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (wanted: SimulationChange) => simulationClient.change(deviceId, wanted),
    onSuccess: (row) => queryClient.setQueryData(simulatedDeviceQuery(deviceId).queryKey, row),
    onError: notifyProblem,
  });
  if (simulated.data === undefined) return null;
  const [title, text] = WORDS[simulated.data.state];
  return (
    <section className={classes.watch} data-state={stateOf(simulated.data)} aria-label="Simulation">
      <IconWaveSine aria-hidden="true" />
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      <Interval key={simulated.data.intervalSeconds} row={simulated.data} onChange={change.mutate} />
      <Toggle row={simulated.data} isPending={change.isPending} onChange={change.mutate} />
    </section>
  );
}

function stateOf({ state }: SimulatedDeviceRow): string {
  return state === 'running' ? 'receiving' : 'waiting';
}

interface ControlProps {
  readonly row: SimulatedDeviceRow;
  readonly onChange: (change: SimulationChange) => void;
}

function Interval({ row, onChange }: ControlProps) {
  return (
    <NumberInput
      aria-label="Seconds between messages"
      className={classes.interval ?? ''}
      size="xs"
      prefix="every "
      suffix=" s"
      min={LIMITS.SIMULATION_INTERVAL_SECONDS_MIN}
      max={LIMITS.SIMULATION_INTERVAL_SECONDS_MAX}
      allowDecimal={false}
      defaultValue={row.intervalSeconds}
      onBlur={(event) => {
        const seconds = Number(event.currentTarget.value.replaceAll(/\D/g, ''));
        if (seconds >= 1 && seconds !== row.intervalSeconds) onChange({ intervalSeconds: seconds });
      }}
    />
  );
}

function Toggle({ row, isPending, onChange }: ControlProps & { readonly isPending: boolean }) {
  const isStarting = !row.isRunning || row.state === 'replaced';
  return (
    <Button
      size="sm"
      variant="default"
      loading={isPending}
      leftSection={isStarting ? <IconPlayerPlay size={16} /> : <IconPlayerStop size={16} />}
      onClick={() => onChange({ isRunning: isStarting })}
    >
      {isStarting ? 'Start' : 'Stop'}
    </Button>
  );
}
