import { IconCheck, IconX } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { Age } from '../../../ui/age.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { TextBlock } from '../../../ui/text-block.tsx';
import { Words } from '../../../ui/words.tsx';
import { callsOf, type MethodCall, subscribeToCalls } from './call-book.ts';
import classes from './calls.module.css';
import { LongRun } from './long-run.tsx';

/** Answers of this visit, newest first. */
export function CallHistory({ of }: { readonly of: string }) {
  const calls = useSyncExternalStore(subscribeToCalls, () => callsOf(of));
  return (
    <section aria-labelledby="calls">
      <h2 id="calls" className={classes.title}>
        Answers of this visit
      </h2>
      {calls.length === 0 && <p className={classes.description}>Call a command; its answer appears here.</p>}
      <ol className={classes.calls} aria-live="polite">
        {calls.map((call) => (
          <li key={call.id} className="card">
            <Call call={call} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Begun, and not done yet. Source: IoT Plug and Play conventions, "Long-running commands". */
const ACCEPTED = 202;

function Call({ call }: { readonly call: MethodCall }) {
  const { outcome } = call;
  const isGood = 'result' in outcome && outcome.result.status < 400;
  const Glyph = isGood ? IconCheck : IconX;
  return (
    <>
      <p className={classes.callHead} data-good={isGood}>
        <Glyph size={16} aria-hidden="true" />
        <span className="mono">{call.methodName}</span>
        <span>
          {'result' in outcome
            ? `${isGood ? 'answered' : 'refused'} ${outcome.result.status} in ${Math.round(outcome.result.durationMs)} ms`
            : outcome.error.message}
        </span>
        <span className={classes.callAge}>
          <Age at={call.at} />
        </span>
      </p>
      {'result' in outcome ? (
        <Payload title="Answer" value={outcome.result.payload} />
      ) : (
        <p className={classes.description}>
          <Words text={outcome.error.advice} />
        </p>
      )}
      {'result' in outcome && outcome.result.status === ACCEPTED && <LongRun call={call} />}
      {call.payload !== null && <Payload title="Sent" value={call.payload} />}
    </>
  );
}

function Payload({ title, value }: { readonly title: string; readonly value: unknown }) {
  const text = JSON.stringify(value, null, 2) ?? 'nothing';
  return (
    <div className={classes.payload}>
      <div className={classes.payloadHead}>
        <span>{title}</span>
        <CopyButton text={text} />
      </div>
      <TextBlock text={text} label={title} />
    </div>
  );
}
