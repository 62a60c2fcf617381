import { Stack } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { RouteSource, RouteTestResult } from '@viaduct/contracts';
import { useState } from 'react';
import { LabelledJson } from '../../editor/labelled-json.tsx';
import { Age } from '../../ui/age.tsx';
import facts from '../../ui/facts.module.css';
import { type Pairs, PairsField, recordOf } from '../../ui/pairs-field.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import classes from './routing.module.css';
import { type MatchCount, useRouteTest } from './use-route-trial.ts';

interface RouteTrialProps {
  readonly source: RouteSource;
  readonly condition: string;
  readonly matches: MatchCount;
}

/** A body is read only where the message says that it is JSON in UTF-8. */
const SYSTEM_PROPERTIES: Pairs = [
  ['contentType', 'application/json'],
  ['contentEncoding', 'utf-8'],
];

/** Before it is saved: one message that somebody makes up, and the newest that came. */
export function RouteTrial({ source, condition, matches }: RouteTrialProps) {
  const [body, setBody] = useState('{\n  "temperature": 31.5\n}');
  const [properties, setProperties] = useState<Pairs>([]);
  const [system, setSystem] = useState<Pairs>(SYSTEM_PROPERTIES);
  const message = { body, appProperties: recordOf(properties), systemProperties: recordOf(system) };
  const { result, error } = useRouteTest(source, condition, message);
  return (
    <Stack gap="md">
      <section className={`card ${classes.form}`} aria-labelledby="try-message">
        <h2 id="try-message" className={facts.title}>
          Try a message
        </h2>
        {error !== null && <ProblemAlert error={error} />}
        <div className={classes.verdict} role="status">
          <TestVerdict result={result} />
        </div>
        <LabelledJson label="Body" description="As a device would send it." text={body} onText={setBody} />
        <PairsField
          label="Application properties"
          description="What the device puts beside the body."
          noun="property"
          pairs={properties}
          onPairs={setProperties}
        />
        <PairsField
          label="System properties"
          description="$body is read only with contentType application/json and contentEncoding utf-8."
          noun="system property"
          pairs={system}
          onPairs={setSystem}
        />
      </section>
      {matches.count !== null && matches.count.samples.length > 0 && (
        <section className="card" aria-labelledby="would-match">
          <h2 id="would-match" className={facts.title}>
            The newest that it would have taken
          </h2>
          <ul className={classes.samples}>
            {matches.count.samples.map(({ deviceId, enqueuedTime, bodyText }) => (
              <li key={`${deviceId} ${enqueuedTime} ${bodyText}`}>
                <Link to="/devices/$deviceId/messages" params={{ deviceId }}>
                  {deviceId}
                </Link>{' '}
                <span className="quiet">
                  <Age at={enqueuedTime} />
                </span>
                <span className={`mono ${classes.body}`}>{bodyText}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Stack>
  );
}

function TestVerdict({ result }: { readonly result: RouteTestResult | null }) {
  switch (result?.result) {
    case undefined:
      return <span className="quiet">…</span>;
    case 'true':
      return (
        <StatusBadge tone="good" icon={IconCircleCheck}>
          The route takes it
        </StatusBadge>
      );
    case 'false':
      return (
        <StatusBadge tone="quiet" icon={IconCircleDashed}>
          The route leaves it
        </StatusBadge>
      );
    case 'undefined':
      return (
        <>
          <StatusBadge tone="warn" icon={IconCircleDashed}>
            The route leaves it
          </StatusBadge>
          <span className="quiet">Something that the condition names is not in the message.</span>
        </>
      );
    case 'invalid':
      return <span className="danger">The condition cannot be understood.</span>;
    default:
      return result satisfies null;
  }
}
