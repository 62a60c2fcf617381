import type { DeviceDetail, LiveTelemetry } from '@viaduct/contracts';
import { inferSchema, schemaWords } from '../../../generated/infer-schema.ts';
import { MakeCapability } from '../../../generated/make-capability.tsx';
import { bodyBlock } from '../../../live/filter-messages.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { formatMoment } from '../../../ui/format.ts';
import { TextBlock } from '../../../ui/text-block.tsx';
import { fieldsOf } from './message-fields.ts';
import classes from './messages.module.css';

interface MessageDetailsProps {
  readonly message: LiveTelemetry;
  readonly device: DeviceDetail;
}

/** The whole message: body as a person reads it, the properties the device gave, and what the hub stamped. */
export function MessageDetails({ message, device }: MessageDetailsProps) {
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
      {device.templateId !== null && <Unmodelled message={message} device={device} />}
      <Pairs title="Record" pairs={facts} />
      <Pairs title="Properties" pairs={message.properties} />
      <Pairs title="System properties" pairs={message.systemProperties} />
    </div>
  );
}

/** Each has a button; more are in the body above. */
const UNMODELLED_MAX = 100;

/** What the model does not mention, and how it comes to. */
function Unmodelled({ message, device }: MessageDetailsProps) {
  const fields = fieldsOf(message, device.model).filter(({ isModelled }) => !isModelled);
  if (fields.length === 0) return null;
  return (
    <section aria-label="Unmodeled">
      <h3 className={classes.pairsTitle}>Unmodeled</h3>
      <ul className={classes.unmodelled}>
        {fields.slice(0, UNMODELLED_MAX).map(({ key, component, name, value }) => (
          <li key={key}>
            <span className="mono">{name}</span>
            <span className="quiet">{schemaWords(inferSchema(value))}</span>
            <MakeCapability deviceId={device.deviceId} component={component} name={name} />
          </li>
        ))}
      </ul>
      {fields.length > UNMODELLED_MAX && <p className="quiet">and {fields.length - UNMODELLED_MAX} more</p>}
    </section>
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
