import type { ConfigurationDetail, ConfigurationMetric } from '@viaduct/contracts';
import { Age } from '../../ui/age.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import facts from '../../ui/facts.module.css';
import { TextBlock } from '../../ui/text-block.tsx';
import { KIND_WORDS } from './configuration-words.ts';
import classes from './configurations.module.css';

/** What it sets and for whom; what is counted about it. */
export function ConfigurationFacts({ configuration }: { readonly configuration: ConfigurationDetail }) {
  const { kind, priority, labels, targetCondition, content, createdTime, updatedTime } = configuration;
  const metrics = [...configuration.systemMetrics, ...configuration.customMetrics];
  return (
    <div className={classes.grid}>
      <section className="card" aria-labelledby="for-whom">
        <h2 id="for-whom" className={facts.title}>
          For whom
        </h2>
        <TextBlock text={targetCondition === '' ? 'no device' : targetCondition} label="Target condition" />
        <dl className={facts.facts}>
          <div>
            <dt>Kind</dt>
            <dd>{KIND_WORDS[kind]}</dd>
          </div>
          <div>
            <dt>Priority</dt>
            <dd>{priority.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Made</dt>
            <dd>
              <Age at={createdTime} />
            </dd>
          </div>
          <div>
            <dt>Changed</dt>
            <dd>
              <Age at={updatedTime} />
            </dd>
          </div>
          {Object.entries(labels).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section className="card" aria-labelledby="content">
        <h2 id="content" className={facts.title}>
          Content
        </h2>
        <TextBlock text={JSON.stringify(content, null, 2)} label="Content as JSON" />
      </section>
      <section className="card" aria-labelledby="metrics">
        <h2 id="metrics" className={facts.title}>
          Metrics
        </h2>
        <dl className={facts.facts} data-one-column>
          {metrics.map((metric) => (
            <Metric key={metric.name} metric={metric} />
          ))}
        </dl>
      </section>
    </div>
  );
}

function Metric({ metric: { name, query, count, error } }: { readonly metric: ConfigurationMetric }) {
  return (
    <div className={classes.metric}>
      <dt>{name}</dt>
      <dd>
        <span className={`number ${classes.big}`}>{count === null ? '–' : count.toLocaleString('en')}</span>{' '}
        {query !== '' && (
          <ButtonLink size="compact-xs" variant="subtle" to="/query" search={{ q: query }} title={query}>
            Show them
          </ButtonLink>
        )}
        {error !== null && <span className="danger"> {error}</span>}
      </dd>
    </div>
  );
}
