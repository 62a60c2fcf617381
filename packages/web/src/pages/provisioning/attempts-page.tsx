import { Alert, Button, Select, Skeleton, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAlertTriangle, IconDoorEnter, IconSearch, IconX } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ATTEMPT_OUTCOMES } from '@viaduct/contracts';
import { useEffect, useState } from 'react';
import { attemptsQuery } from '../../api/provisioning-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import tables from '../../ui/data-table.module.css';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { AttemptList } from './attempt-list.tsx';
import { OUTCOME_WORDS } from './outcome-badge.tsx';
import classes from './provisioning.module.css';

const route = getRouteApi('/shell/attempts');
const SEARCH_DELAY_MS = 200;

/** Who asks to be provisioned, as it happens, and why somebody was turned away. */
export function AttemptsPage() {
  usePageTitle('Attempts');
  useFleetStream({ attempts: true });
  const filter = route.useSearch();
  const attempts = useInfiniteQuery(attemptsQuery(filter));
  const items = attempts.data?.pages.flatMap((page) => page.items) ?? [];
  const unlisted = attempts.data?.pages[0]?.unlisted ?? 0;
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <Stack gap="md">
      <PageHead
        title="Attempts"
        text="Every time a device asks to be provisioned, it appears here by itself: where it was sent, or why it was turned away and what to do."
      />
      <Filters />
      {unlisted > 0 && (
        <Alert variant="light" icon={<IconAlertTriangle />} title="Not all refusals are listed">
          {unlisted.toLocaleString('en')} since the server started were only counted, for one address was turned away
          too often: a device that repeats itself, or somebody who tries keys.
        </Alert>
      )}
      {attempts.isError && <ProblemAlert error={attempts.error} onRetry={() => void attempts.refetch()} />}
      {attempts.isPending && <Skeleton height={280} />}
      {attempts.isSuccess && items.length === 0 && (isFiltered ? <NoneFits /> : <NobodyCame />)}
      {items.length > 0 && (
        <section className={`card ${tables.frame}`} aria-label="Attempts to be provisioned" aria-live="polite">
          <AttemptList attempts={items} />
          <LoadMore pages={attempts} />
        </section>
      )}
    </Stack>
  );
}

function Filters() {
  const { outcome, registrationId, enrollmentId } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(registrationId ?? '');
  const apply = useDebouncedCallback((text: string) => {
    void navigate({ replace: true, search: (old) => ({ ...old, registrationId: text.trim() || undefined }) });
  }, SEARCH_DELAY_MS);
  // Back and forward change the address; the field follows.
  useEffect(() => setTyped(registrationId ?? ''), [registrationId]);
  return (
    <div className={classes.filters}>
      <TextInput
        aria-label="Registration id"
        placeholder="Registration id"
        leftSection={<IconSearch size={16} />}
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          apply(event.currentTarget.value);
        }}
      />
      <Select
        aria-label="Outcome"
        placeholder="Any outcome"
        clearable
        data={ATTEMPT_OUTCOMES.map((value) => ({ value, label: OUTCOME_WORDS[value] }))}
        value={outcome ?? null}
        onChange={(value) => {
          const chosen = ATTEMPT_OUTCOMES.find((each) => each === value);
          void navigate({ replace: true, search: (old) => ({ ...old, outcome: chosen }) });
        }}
      />
      {enrollmentId !== undefined && (
        <Button
          size="xs"
          variant="default"
          rightSection={<IconX size={14} />}
          aria-label={`Only by ${enrollmentId}: show those of all`}
          onClick={() => {
            const all = { kind: undefined, enrollmentId: undefined };
            void navigate({ replace: true, search: (old) => ({ ...old, ...all }) });
          }}
        >
          Only by {enrollmentId}
        </Button>
      )}
    </div>
  );
}

function NoneFits() {
  const navigate = route.useNavigate();
  return (
    <div className="card">
      <EmptyState
        icon={IconDoorEnter}
        title="None found"
        text="No attempt that is still kept fits these filters. One that does appears here by itself."
      >
        <Button variant="default" onClick={() => void navigate({ search: {} })}>
          Show all attempts
        </Button>
      </EmptyState>
    </div>
  );
}

function NobodyCame() {
  return (
    <div className="card">
      <EmptyState
        icon={IconDoorEnter}
        title="No device has asked yet"
        text="Make an enrolment group, run one of its snippets on a device, and watch the device come in here, or hear why it does not. It needs no identity before that."
      >
        <ButtonLink to="/enrollments/new">Let devices in</ButtonLink>
      </EmptyState>
    </div>
  );
}
