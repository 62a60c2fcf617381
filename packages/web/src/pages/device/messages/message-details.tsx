import type { LiveTelemetry } from '@viaduct/contracts';
import { bodyBlock } from '../../../live/filter-messages.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { formatMoment } from '../../../ui/format.ts';
import { TextBlock } from '../../../ui/text-block.tsx';
import classes from './messages.module.css';

/** The whole message: body as a person reads it, the properties the device gave, and what the hub stamped. */
export function MessageDetails({ message }: { readonly message: LiveTelemetry }) {
  const block = bodyBlock(message);
  const facts = {
    received: formatMoment(message.enqueuedTime),
    partition: String(message.partition),
    offset: String(message.offset),
    ...(message.contentType === null ? {} : { contentType: message.contentType }),
    ...(message.component === null ? {} : { component: message.component }),
    ...(message.moduleId === null ? {} : { moduleId: message.moduleId }),
  };
  return (
    <div className={classes.details}>
      <div className={classes.bodyBlock}>
        <div className={classes.copy}>
          <CopyButton text={block} label="Copy body" />
        </div>
        <TextBlock text={block} label="Body" />
      </div>
      <Pairs title="Record" pairs={facts} />
      <Pairs title="Properties" pairs={message.properties} />
      <Pairs title="System properties" pairs={message.systemProperties} />
    </div>
  );
}

function Pairs({ title, pairs }: { readonly title: string; readonly pairs: Readonly<Record<string, string>> }) {
  const entries = Object.entries(pairs);
  if (entries.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className={classes.pairsTitle}>{title}</h3>
      <dl className={classes.pairs}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
