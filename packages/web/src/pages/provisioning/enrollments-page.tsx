import { Skeleton, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlus, IconSearch, IconUsersGroup } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { EnrollmentKindName, ProvisioningView } from '@viaduct/contracts';
import { useEffect, useState } from 'react';
import { enrollmentsQuery, provisioningQuery } from '../../api/provisioning-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { SecretLine } from '../../ui/secret-line.tsx';
import { EnrollmentTable } from './enrollment-table.tsx';
import classes from './provisioning.module.css';

const route = getRouteApi('/shell/enrollments');
const SEARCH_DELAY_MS = 200;

/** Who may come: groups of devices that are alike, and single ones. */
export function EnrollmentsPage() {
  usePageTitle('Enrolments');
  useFleetStream();
  const { kind = 'group' } = route.useSearch();
  const provisioning = useQuery(provisioningQuery);
  return (
    <Stack gap="md">
      <PageHead
        title="Enrolments"
        text="A device that an enrolment lets in gets its identity by itself: it needs a host name, the id scope and its credential, and nobody registers it beforehand."
      >
        <ButtonLink to="/enrollments/new" search={{ kind }} leftSection={<IconPlus size={16} />}>
          New enrolment
        </ButtonLink>
      </PageHead>
      {provisioning.isError && <ProblemAlert error={provisioning.error} onRetry={() => void provisioning.refetch()} />}
      {provisioning.isPending && <Skeleton height={70} />}
      {provisioning.isSuccess && <SetUp view={provisioning.data} />}
      <nav className={classes.tabs} aria-label="Kinds of enrolment">
        <KindTab kind="group" title="Groups" count={provisioning.data?.counts.groups} />
        <KindTab kind="individual" title="Individual" count={provisioning.data?.counts.individuals} />
      </nav>
      <Enrollments key={kind} kind={kind} />
    </Stack>
  );
}

/** What every device and every back end must know. */
function SetUp({ view: { hostName, idScope, connectionString } }: { readonly view: ProvisioningView }) {
  return (
    <section className="card" aria-label="What devices need">
      <dl className={classes.setUp}>
        <div>
          <dt>Id scope</dt>
          <dd className={classes.line}>
            <span className="mono">{idScope}</span>
            <CopyButton text={idScope} />
          </dd>
        </div>
        <div>
          <dt>Host</dt>
          <dd className={classes.line}>
            <span className="mono">{hostName}</span>
            <CopyButton text={hostName} />
          </dd>
        </div>
        <SecretLine title="Connection string, for back ends" value={connectionString} />
      </dl>
    </section>
  );
}

interface KindTabProps {
  readonly kind: EnrollmentKindName;
  readonly title: string;
  readonly count: number | undefined;
}

function KindTab({ kind, title, count }: KindTabProps) {
  const { kind: shown = 'group' } = route.useSearch();
  return (
    <Link
      to="/enrollments"
      search={kind === 'group' ? {} : { kind }}
      aria-current={kind === shown ? 'page' : undefined}
      activeProps={{}}
    >
      {title} {count !== undefined && <span className="number">{count.toLocaleString('en')}</span>}
    </Link>
  );
}

function Enrollments({ kind }: { readonly kind: EnrollmentKindName }) {
  const { search } = route.useSearch();
  const enrollments = useInfiniteQuery(enrollmentsQuery(kind, search));
  const rows = enrollments.data?.pages.flatMap((page) => page.items) ?? [];
  const total = enrollments.data?.pages[0]?.total ?? 0;
  if (enrollments.isPending) return <Skeleton height={220} />;
  if (enrollments.isError) {
    return <ProblemAlert error={enrollments.error} onRetry={() => void enrollments.refetch()} />;
  }
  if (total === 0) return <NoneYet kind={kind} />;
  return (
    <>
      <Search />
      {rows.length > 0 && <EnrollmentTable rows={rows} pages={enrollments} />}
      {rows.length === 0 && (
        <div className="card">
          <EmptyState
            icon={IconUsersGroup}
            title="None found"
            text={enrollments.hasNextPage ? 'Not among those that were looked through.' : 'No id has this in it.'}
          />
        </div>
      )}
    </>
  );
}

function Search() {
  const { search } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(search ?? '');
  const apply = useDebouncedCallback((text: string) => {
    void navigate({ replace: true, search: (old) => ({ ...old, search: text.trim() || undefined }) });
  }, SEARCH_DELAY_MS);
  // Back and forward change the address; the field follows.
  useEffect(() => setTyped(search ?? ''), [search]);
  return (
    <div className={classes.filters}>
      <TextInput
        aria-label="Search by id"
        placeholder="Search by id"
        leftSection={<IconSearch size={16} />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          apply(event.currentTarget.value);
        }}
      />
    </div>
  );
}

const NONE = {
  group: {
    title: 'No groups yet',
    text: 'A group lets in every device that has a key derived from its own, or a certificate that its authority signed: one enrolment for a whole production line. IoT Central calls it a connection group.',
    action: 'Make the first group',
  },
  individual: {
    title: 'No individual enrolments yet',
    text: 'For one device with a key, a certificate or a TPM of its own. It goes before any group.',
    action: 'Enrol one device',
  },
} as const;

function NoneYet({ kind }: { readonly kind: EnrollmentKindName }) {
  const { title, text, action } = NONE[kind];
  return (
    <div className="card">
      <EmptyState icon={IconUsersGroup} title={title} text={text}>
        <ButtonLink to="/enrollments/new" search={{ kind }}>
          {action}
        </ButtonLink>
      </EmptyState>
    </div>
  );
}
