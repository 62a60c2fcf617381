import { Alert, Button, Group, Stack } from '@mantine/core';
import type { DevicesChanged } from '@viaduct/contracts';

/** That not all devices followed their enrolment, and why. */
export function DevicesFailed({
  outcome,
  onClose,
}: {
  readonly outcome: DevicesChanged;
  readonly onClose: () => void;
}) {
  const { changed, failed, refused } = outcome;
  return (
    <Stack>
      <Alert color="red" variant="light" role="alert" title={`${devicesWord(failed)} could not be changed`}>
        <ul>
          {refused.map(({ registrationId, message }) => (
            <li key={registrationId}>
              {registrationId}: {message}
            </li>
          ))}
        </ul>
        {changed > 0 && `${devicesWord(changed)} could.`}
      </Alert>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  );
}

export function devicesWord(count: number): string {
  return count === 1 ? '1 device' : `${count.toLocaleString('en')} devices`;
}

/** Behind what became of the enrolment: `, and so are 3 devices`. */
export function outcomeWords(outcome: DevicesChanged | null, word: string): string {
  if (outcome === null || outcome.changed === 0) return '';
  return `; ${devicesWord(outcome.changed)} ${word}, too`;
}
