import { Button, Skeleton, Stack } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { apiTokensQuery } from '../../api/api-tokens-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { ApiTokenTable } from './api-token-table.tsx';
import { NewApiTokenDialog } from './new-api-token-dialog.tsx';

/** Which programs may ask the REST interface of Azure IoT Central, and may do what. */
export function ApiTokensPage() {
  usePageTitle('API tokens');
  useFleetStream();
  const tokens = useQuery(apiTokensQuery);
  const [isAdding, setAdding] = useState(false);
  return (
    <Stack gap="md">
      <PageHead
        title="API tokens"
        text="A program that knows the REST API of Azure IoT Central finds it here under /api, and shows a token: it may do what its role says, it ends by itself, and it can be revoked alone."
      >
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          New token
        </Button>
      </PageHead>
      {tokens.isError && <ProblemAlert error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.isPending && <Skeleton height={200} />}
      {tokens.data?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={IconKey}
            title="No tokens yet"
            text="Give every program a token of its own, with the smallest role that suffices; then you see when each was used last."
          >
            <Button onClick={() => setAdding(true)}>Make the first token</Button>
          </EmptyState>
        </div>
      )}
      {tokens.data !== undefined && tokens.data.length > 0 && <ApiTokenTable tokens={tokens.data} />}
      <NewApiTokenDialog opened={isAdding} onClose={() => setAdding(false)} />
    </Stack>
  );
}
