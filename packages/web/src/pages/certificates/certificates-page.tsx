import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconCertificate, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { authoritiesQuery } from '../../api/queries.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { IssuedCertificates } from '../provisioning/issued-certificates.tsx';
import { AddAuthorityDialog } from './add-authority-dialog.tsx';
import { AuthorityCard } from './authority-card.tsx';

/** The certificate authorities whose signature on a device's certificate lets that device in. */
export function CertificatesPage() {
  usePageTitle('Certificates');
  useFleetStream();
  const authorities = useQuery(authoritiesQuery);
  const [isAdding, setAdding] = useState(false);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1}>Certificates</Title>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          Add authority
        </Button>
      </Group>
      <Text className="quiet" size="sm" maw={720}>
        A device that authenticates by certificate authority is let in with a certificate that one of these signed, and
        whose common name (CN) is its device id. Enrolment groups choose among them, too.
      </Text>
      {authorities.isError && <ProblemAlert error={authorities.error} onRetry={() => void authorities.refetch()} />}
      {authorities.isPending && <Skeleton height={200} />}
      {authorities.data?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={IconCertificate}
            title="No authorities yet"
            text="Add the certificate of whoever signs your devices' certificates, then prove that its key is yours."
          >
            <Button onClick={() => setAdding(true)}>Add the first authority</Button>
          </EmptyState>
        </div>
      )}
      {authorities.data?.map((authority) => (
        <AuthorityCard key={authority.name} authority={authority} />
      ))}
      <IssuedCertificates />
      <AddAuthorityDialog opened={isAdding} onClose={() => setAdding(false)} />
    </Stack>
  );
}
