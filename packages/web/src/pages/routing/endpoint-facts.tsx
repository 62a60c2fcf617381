import { Link } from '@tanstack/react-router';
import type { EndpointView, Route } from '@viaduct/contracts';
import type { ReactNode } from 'react';
import { Age } from '../../ui/age.tsx';
import facts from '../../ui/facts.module.css';
import { formatBytes, formatNumber } from '../../ui/format.ts';
import { ENDPOINT_KINDS } from './endpoint-fields.ts';
import { lagWords } from './routing-words.ts';

interface EndpointFactsProps {
  readonly endpoint: EndpointView;
  readonly routes: readonly Route[];
}

/** What it is, and its figures since the server started. */
export function EndpointFacts({ endpoint: { kind, address, createdTime, state }, routes }: EndpointFactsProps) {
  return (
    <section className="card" aria-label="Figures">
      <dl className={facts.facts}>
        <Fact title="Kind">{ENDPOINT_KINDS[kind]?.title ?? kind}</Fact>
        <Fact title="Delivers to">
          <span className="mono">{address}</span>
        </Fact>
        <Fact title="Routes">
          {routes.length === 0 ? (
            <Link to="/routing/routes/new">none yet: add one</Link>
          ) : (
            routes.map(({ name }, index) => (
              <span key={name}>
                {index > 0 && ', '}
                <Link to="/routing/routes/$name" params={{ name }}>
                  {name}
                </Link>
              </span>
            ))
          )}
        </Fact>
        <Fact title="Delivered">
          {state.deliveredMessages.toLocaleString('en')} messages, {formatBytes(state.deliveredBytes)}
        </Fact>
        <Fact title="Now">{formatNumber(state.deliveredPerSecond)} a second</Fact>
        <Fact title="Behind">{lagWords(state)}</Fact>
        <Fact title="Last delivery">
          <Age at={state.lastDeliveryTime} />
        </Fact>
        <Fact title="Refused for ever">{state.skippedMessages.toLocaleString('en')}</Fact>
        <Fact title="Expired before">{state.lostMessages.toLocaleString('en')}</Fact>
        <Fact title="Added">
          <Age at={createdTime} />
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd className="number">{children}</dd>
    </div>
  );
}
