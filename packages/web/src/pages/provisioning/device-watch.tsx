import { IconAntenna } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { attemptsQuery } from '../../api/provisioning-client.ts';
import { liveHub } from '../../live/live-hub.ts';
import { AttemptList } from './attempt-list.tsx';
import classes from './provisioning.module.css';

/** An attempt older than this is not the answer to what was just tried. */
const RECENT_MS = 600_000;

/** Waits with the person for one device: where it was sent, or why it was turned away. */
export function DeviceWatch({ registrationId }: { readonly registrationId: string }) {
  const [since] = useState(() => liveHub.nowMs() - RECENT_MS);
  const { data } = useInfiniteQuery(attemptsQuery({ registrationId }));
  const recent = (data?.pages[0]?.items ?? []).filter(({ time }) => time >= since).slice(0, 1);
  return (
    <section className={classes.watch} aria-live="polite" aria-label={`News of ${registrationId}`}>
      {recent.length > 0 ? (
        <AttemptList attempts={recent} />
      ) : (
        <div className={classes.waiting}>
          <IconAntenna aria-hidden="true" />
          <div>
            <strong>Waiting for {registrationId}…</strong>
            <p>Run a program on it; what becomes of it appears here by itself.</p>
          </div>
        </div>
      )}
    </section>
  );
}
