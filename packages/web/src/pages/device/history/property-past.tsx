import { Button, Skeleton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { DeviceIdentity, PropertyChange, PropertyHistory } from '@viaduct/contracts';
import { historyClient } from '../../../api/history-client.ts';
import { keyOf } from '../../../api/queries.ts';
import { liveHub } from '../../../live/live-hub.ts';
import { measureOf, NO_MEASURE } from '../../../model/measure.ts';
import { acknowledgementOf } from '../../../model/property-state.ts';
import { SeriesChart } from '../../../tiles/series-chart.tsx';
import { Age } from '../../../ui/age.tsx';
import { formatMoment } from '../../../ui/format.ts';
import { MeasuredValue } from '../../../ui/measured-value.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useIdentityScope } from '../device-context.ts';
import classes from './history.module.css';
import { stepLines } from './step-lines.ts';

/** The history is a moment behind what is live: asked for again this often, ms. */
const REFRESH_MS = 5_000;
const CHART_PIXELS = 160;

interface PropertyPastProps {
  readonly identity: DeviceIdentity;
  readonly component: string | null;
  readonly name: string;
}

/** What one property was: what was asked, what the device reported, and when. */
export function PropertyPast({ identity, component, name }: PropertyPastProps) {
  const { model } = useIdentityScope();
  const navigate = useNavigate();
  const past = useQuery({
    queryKey: [...keyOf(identity), 'twin-versions', 'of', component, name],
    queryFn: () => historyClient.property(identity, component, name),
    refetchInterval: REFRESH_MS,
  });
  const field = model?.properties.find((known) => known.name === name && known.component === component) ?? null;
  const title = field?.displayName || name;
  const go = (search: object) => void navigate({ to: '.', search: (old) => ({ ...old, ...search }), replace: true });
  return (
    <section className="card" aria-labelledby="property-past">
      <div className={classes.head}>
        <h2 className={classes.title} id="property-past">
          {component === null ? title : `${component} · ${title}`} over time
        </h2>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconX size={14} />}
          onClick={() => go({ property: undefined, component: undefined })}
        >
          All properties
        </Button>
      </div>
      {past.isPending && <Skeleton height={160} />}
      {past.isError && <ProblemAlert error={past.error} onRetry={() => void past.refetch()} />}
      {past.data !== undefined && (
        <Changes past={past.data} title={title} field={field} onVersion={(version) => go({ version })} />
      )}
    </section>
  );
}

type Field = NonNullable<ReturnType<typeof useIdentityScope>['model']>['properties'][number] | null;

interface ChangesProps {
  readonly past: PropertyHistory;
  readonly title: string;
  readonly field: Field;
  readonly onVersion: (version: number) => void;
}

function Changes({ past: { items, isCut }, title, field, onVersion }: ChangesProps) {
  if (items.length === 0) return <p className={classes.facts}>Nothing was asked or reported of it that is kept.</p>;
  const nowMs = liveHub.nowMs();
  const lines = stepLines(items, field === null ? NO_MEASURE : measureOf(field), nowMs);
  const fromMs = Date.parse(items.at(-1)?.at ?? '');
  return (
    <>
      {lines.length > 0 && (
        <SeriesChart
          lines={lines}
          span={{ fromMs, toMs: Math.max(nowMs, fromMs + 1_000) }}
          label={title}
          height={CHART_PIXELS}
          shape="step"
        />
      )}
      <ol className={classes.changes} aria-label={`Changes of ${title}, newest first`}>
        {items.map((change) => (
          <li key={`${change.version} ${change.section}`}>
            <Change change={change} field={field} onVersion={onVersion} />
          </li>
        ))}
      </ol>
      {isCut && <p className={classes.facts}>Its values are large: older changes are in the versions below.</p>}
    </>
  );
}

interface ChangeProps extends Pick<ChangesProps, 'field' | 'onVersion'> {
  readonly change: PropertyChange;
}

function Change({ change: { version, at, section, value }, field, onVersion }: ChangeProps) {
  const answer = section === 'reported' ? acknowledgementOf(value) : null;
  return (
    <>
      <p>
        <span className={classes.who}>{section === 'desired' ? 'Asked for' : 'Reported by the device'}</span>{' '}
        {value === null ? (
          <em>removed</em>
        ) : (
          <MeasuredValue value={answer === null ? value : answer.value} field={field} className={classes.past} />
        )}
      </p>
      <p className={classes.facts}>
        <span title={formatMoment(at)}>
          <Age at={at} />
        </span>
        {answer !== null &&
          ` · answered ${answer.status}${answer.description === null ? '' : `: ${answer.description}`}`}
        {' · '}
        <button type="button" className={classes.link} onClick={() => onVersion(version)}>
          version {version}
        </button>
      </p>
    </>
  );
}
