import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TemplateRow } from '@viaduct/contracts';
import { directorySampleQuery } from '../../api/directory-client.ts';
import { historyClient } from '../../api/history-client.ts';
import { templateChoicesQuery } from '../../api/template-choices.ts';
import { templateQuery } from '../../api/templates-client.ts';
import { devicesText } from '../../ui/devices-text.ts';
import { FleetChart } from './fleet-chart.tsx';
import { type FleetMeasure, firstMeasure, measuresSaid } from './fleet-measure.ts';
import classes from './overview.module.css';

/** More models than this have a page of their own. */
const MODELS_MAX = 6;
const REFRESH_MS = 15_000;
/** Of the devices without a model, so many make the chart. */
const UNASSIGNED_MAX = 50;

/** What is measured across the fleet: a card a model, with the first number that it has, averaged over its devices. */
export function ModelCards() {
  const templates = useQuery({ ...templateChoicesQuery, refetchInterval: REFRESH_MS });
  const used = (templates.data ?? []).filter(({ devices }) => devices > 0).toSorted((a, b) => b.devices - a.devices);
  return (
    <section aria-labelledby="by-model">
      <h2 id="by-model" className={classes.heading}>
        By model
      </h2>
      <div className={classes.models}>
        {used.slice(0, MODELS_MAX).map((template) => (
          <ModelCard key={template.templateId} template={template} />
        ))}
        <UnassignedCard />
      </div>
    </section>
  );
}

function ModelCard({ template: { templateId, displayName, devices } }: { readonly template: TemplateRow }) {
  const template = useQuery(templateQuery(templateId));
  const measure = template.data === undefined ? null : firstMeasure(template.data.summary);
  return (
    <article className={`card ${classes.model}`}>
      <header>
        <h3>
          <Link to="/devices" search={{ template: templateId }}>
            {displayName}
          </Link>
        </h3>
        <span className="quiet">{devicesText(devices)}</span>
      </header>
      {measure !== null && <FleetChart source={{ kind: 'template', templateId }} measure={measure} />}
    </article>
  );
}

/** Of what no model describes, the first number that one of them said. */
function UnassignedCard() {
  const devices = useQuery({
    ...directorySampleQuery({ state: 'unassigned', orderBy: 'lastSeenTime', order: 'desc', limit: UNASSIGNED_MAX }),
    refetchInterval: REFRESH_MS,
  });
  const rows = devices.data?.items ?? [];
  const measure = useFirstSaid(rows[0]?.deviceId);
  if (rows.length === 0) return null;
  const source = { kind: 'devices', deviceIds: rows.map(({ deviceId }) => deviceId) } as const;
  return (
    <article className={`card ${classes.model}`}>
      <header>
        <h3>
          <Link to="/devices" search={{ state: 'unassigned' }}>
            Without a model
          </Link>
        </h3>
        <span className="quiet">{devicesText(devices.data?.total ?? 0)}</span>
      </header>
      {measure !== null && <FleetChart source={source} measure={measure} />}
    </article>
  );
}

function useFirstSaid(deviceId: string | undefined): FleetMeasure | null {
  const latest = useQuery({
    queryKey: ['history', 'latest', deviceId],
    queryFn: () => historyClient.latest({ source: { kind: 'devices', deviceIds: [deviceId ?? ''] } }),
    enabled: deviceId !== undefined,
    refetchInterval: REFRESH_MS,
  });
  return latest.data === undefined ? null : measuresSaid(latest.data);
}
