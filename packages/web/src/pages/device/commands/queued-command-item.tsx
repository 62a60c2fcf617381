import { IconClockHour4, IconClockOff, IconHandGrab } from '@tabler/icons-react';
import type { LiveBody, QueuedCommand } from '@viaduct/contracts';
import { Age } from '../../../ui/age.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { TextBlock } from '../../../ui/text-block.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { ACK_WORDS, commandState, remaining } from './command-state.ts';
import classes from './commands.module.css';

const GLYPHS = { waiting: IconClockHour4, delivered: IconHandGrab, expired: IconClockOff };

/** One command: where it is, until when, and what it says. */
export function QueuedCommandItem({ command }: { readonly command: QueuedCommand }) {
  const nowMs = useNow();
  const { kind, words, note } = commandState(command, nowMs);
  const Glyph = GLYPHS[kind];
  const properties = Object.entries(command.properties);
  return (
    <>
      <p className={classes.state} data-state={kind}>
        <Glyph size={16} aria-hidden="true" />
        <strong>{words}</strong>
        {note !== '' && <span className="quiet">{note}</span>}
      </p>
      <p className={classes.facts}>
        sent <Age at={command.enqueuedAt} /> · <span className="number">{remaining(command.expiresAt, nowMs)}</span> ·{' '}
        {ACK_WORDS[command.ack]} · {formatBytes(command.bodyBytes)}
        {command.inputName !== null && ` · for input ${command.inputName}`}
      </p>
      <p className={classes.facts}>
        <span className="mono">{command.messageId}</span>
      </p>
      <details className={classes.details}>
        <summary>
          Body
          {properties.length > 0 &&
            ` and ${properties.length === 1 ? 'a property' : `${properties.length} properties`}`}
        </summary>
        <TextBlock text={textOf(command.preview)} label={`Body of ${command.messageId}`} />
        {command.isPreviewCut && <p className={classes.facts}>This is the beginning of it.</p>}
        {properties.length > 0 && (
          <dl className={classes.properties}>
            {properties.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </details>
    </>
  );
}

function textOf(body: LiveBody): string {
  switch (body.kind) {
    case 'json':
      return JSON.stringify(body.value, null, 2);
    case 'text':
      return body.value === '' ? 'empty' : body.value;
    case 'binary':
      return `not text; in base64: ${body.value}`;
    default:
      return body satisfies never;
  }
}
