import { Alert, Button, Code, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ConsoleRefusal } from '../api/request.ts';
import { Words } from './words.tsx';

/** What was refused, what to do about it, and the id that finds it in the server's log. */
export function ProblemAlert({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const refusal = error instanceof ConsoleRefusal ? error : null;
  const message = error instanceof Error ? error.message : 'Something went wrong in the page.';
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle />} title={message}>
      {refusal !== null && (
        <Text size="sm">
          <Words text={refusal.advice} />
        </Text>
      )}
      {refusal?.trackingId != null && (
        <Text size="xs" mt={4}>
          Tracking id <Code>{refusal.trackingId}</Code>
        </Text>
      )}
      {onRetry !== undefined && (
        <Button size="compact-sm" variant="default" mt="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
