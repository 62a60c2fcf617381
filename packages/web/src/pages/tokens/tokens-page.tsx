import { Button, Stack } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { tokensQuery } from '../../api/tokens-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Listing } from '../../ui/listing.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { NewTokenDialog } from './new-token-dialog.tsx';
import type { TokenKind } from './token-kind.ts';
import { TokenTable } from './token-table.tsx';

/** Tokens of one kind: which there are, with a button for another. */
export function TokensPage<Role extends string>({ kind }: { readonly kind: TokenKind<Role> }) {
  usePageTitle(kind.words.many);
  useFleetStream();
  const tokens = useQuery(tokensQuery(kind.client));
  const [isAdding, setAdding] = useState(false);
  return (
    <Stack gap="md">
      <PageHead title={kind.words.many} text={kind.words.text}>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          New token
        </Button>
      </PageHead>
      <Listing
        answer={tokens}
        rows={tokens.data}
        empty={
          <EmptyState
            icon={IconKey}
            title="No tokens yet"
            text="Give every program a token of its own, with the smallest role that suffices; then you see when each was used last."
          >
            <Button onClick={() => setAdding(true)}>Make the first token</Button>
          </EmptyState>
        }
      >
        {(rows) => <TokenTable kind={kind} tokens={rows} />}
      </Listing>
      <NewTokenDialog kind={kind} opened={isAdding} onClose={() => setAdding(false)} />
    </Stack>
  );
}
