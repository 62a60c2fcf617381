import { Link } from '@tanstack/react-router';
import { BUILT_IN_ENDPOINT, type EndpointView, type Route, type RoutingView } from '@viaduct/contracts';
import { useMemo, useRef } from 'react';
import { formatNumber } from '../../ui/format.ts';
import { ENDPOINT_KINDS } from './endpoint-fields.ts';
import { HealthBadge } from './health-badge.tsx';
import { FALLBACK, mapLines, node, sourcesShown } from './map-lines.ts';
import classes from './routing-map.module.css';
import { lagWords, SOURCE_WORDS } from './routing-words.ts';
import { useMapPaths } from './use-map-paths.ts';

/** The picture: what comes, by which route, to whom it goes. Every box leads to its page; narrow, the boxes say it in words. */
export function RoutingMap({ view }: { readonly view: RoutingView }) {
  const picture = useRef<HTMLDivElement>(null);
  // Live figures make a new view every two seconds; the lines change with routes only.
  const { routes, endpoints, fallbackRoute } = view;
  const shape = JSON.stringify([routes, endpoints.map(({ name, isPaused }) => [name, isPaused]), fallbackRoute]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` is all of the view that lines are made of
  const lines = useMemo(() => mapLines(view), [shape]);
  const paths = useMapPaths(picture, lines);
  return (
    <section aria-label="Picture of routing" className={`card ${classes.frame}`}>
      <div ref={picture} className={classes.picture}>
        <svg className={classes.lines} aria-hidden="true">
          {paths.map(({ from, to, d, isIdle }) => (
            <path key={`${from} ${to}`} d={d} data-idle={isIdle || undefined} />
          ))}
        </svg>
        <div className={classes.column}>
          <h2 className={classes.heading}>What comes</h2>
          {sourcesShown(view).map((source) => (
            <div key={source} className={classes.box} data-node={node.source(source)}>
              {SOURCE_WORDS[source]}
            </div>
          ))}
        </div>
        <div className={classes.column}>
          <h2 className={classes.heading}>Routes</h2>
          {routes.map((route) => (
            <RouteBox key={route.name} route={route} />
          ))}
          <FallbackBox isEnabled={fallbackRoute.isEnabled} />
        </div>
        <div className={classes.column}>
          <h2 className={classes.heading}>Endpoints</h2>
          {endpoints.map((endpoint) => (
            <EndpointBox key={endpoint.name} endpoint={endpoint} />
          ))}
          <div className={classes.box} data-node={node.endpoint(BUILT_IN_ENDPOINT)}>
            <Link to="/events" className={classes.name}>
              {BUILT_IN_ENDPOINT}
            </Link>
            <span className={classes.quiet}>built in, for Event Hubs clients</span>
          </div>
        </div>
      </div>
    </section>
  );
}

function RouteBox({ route: { name, condition, isEnabled, endpointNames } }: { readonly route: Route }) {
  return (
    <div className={classes.box} data-node={node.route(name)} data-idle={!isEnabled || undefined}>
      <Link to="/routing/routes/$name" params={{ name }} className={classes.name}>
        {name}
      </Link>
      <span className={`mono ${classes.condition}`} title={condition}>
        {condition === 'true' ? 'everything' : condition}
      </span>
      <span className={classes.narrow}>to {endpointNames.join(', ')}</span>
      {!isEnabled && <span className={classes.quiet}>disabled</span>}
    </div>
  );
}

function FallbackBox({ isEnabled }: { readonly isEnabled: boolean }) {
  return (
    <div className={classes.box} data-node={node.route(FALLBACK)} data-idle={!isEnabled || undefined}>
      <span className={classes.title}>Fallback</span>
      <span className={classes.quiet}>
        {isEnabled ? 'telemetry that no route takes' : 'off: telemetry that no route takes goes nowhere'}
      </span>
      <span className={classes.narrow}>to {BUILT_IN_ENDPOINT}</span>
    </div>
  );
}

function EndpointBox({ endpoint }: { readonly endpoint: EndpointView }) {
  const { name, kind, address, state } = endpoint;
  return (
    <div className={classes.box} data-node={node.endpoint(name)} data-bad={state.health === 'dead' || undefined}>
      <div className={classes.top}>
        <Link to="/routing/endpoints/$name" params={{ name }} className={classes.name}>
          {name}
        </Link>
        <HealthBadge health={state.health} />
      </div>
      <span className={classes.quiet}>
        {ENDPOINT_KINDS[kind]?.title ?? kind}, {address}
      </span>
      <span className={classes.quiet}>
        {formatNumber(state.deliveredPerSecond)} a second, {lagWords(state)}
      </span>
    </div>
  );
}
