import { Alert } from '@mantine/core';
import { IconDatabaseExclamation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { historyStateQuery } from '../api/history-client.ts';
import { Words } from '../ui/words.tsx';
import { historyWords } from './history-words.ts';

/** Once a page that shows history: why it stands still, and what to do. Nothing while all is well. */
export function HistoryNotice() {
  const { data } = useQuery(historyStateQuery);
  const words = data === undefined ? null : historyWords(data);
  if (words === null) return null;
  return (
    <Alert
      color={words.isBad ? 'red' : 'yellow'}
      variant="light"
      role="status"
      py="xs"
      icon={<IconDatabaseExclamation aria-hidden="true" />}
    >
      <strong>{words.what}</strong> <Words text={words.advice} />
    </Alert>
  );
}
