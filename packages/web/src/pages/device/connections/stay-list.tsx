import { IconCircleCheck, IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react';
import { type ConnectionHistory, type ConnectionStay, LIMITS } from '@viaduct/contracts';
import { Age } from '../../../ui/age.tsx';
import { formatDuration, formatMoment } from '../../../ui/format.ts';
import { useNow } from '../../../ui/use-now.ts';
import { Words } from '../../../ui/words.tsx';
import classes from './connections.module.css';

/** Every stay, newest first: how long it lasted, over what and from where, and why it ended. */
export function StayList({ history }: { readonly history: ConnectionHistory }) {
  return (
    <section className="card" aria-labelledby="stays">
      <h2 className={classes.title} id="stays">
        Every connection
      </h2>
      <ol className={classes.stays}>
        {history.stays.map((stay) => (
          <li key={stay.connectedAt}>
            <Stay stay={stay} />
          </li>
        ))}
      </ol>
      {history.knownSince !== null && (
        <p className={classes.facts}>
          Older ones were forgotten: the newest {LIMITS.CONNECTIONS_PER_DEVICE_MAX} are kept.
        </p>
      )}
    </section>
  );
}

function Stay({ stay }: { readonly stay: ConnectionStay }) {
  const nowMs = useNow();
  const { connectedAt, disconnectedAt, transport, remoteAddress, reason } = stay;
  const isHere = disconnectedAt === null;
  const lasted = formatDuration(
    Math.round(((isHere ? nowMs : Date.parse(disconnectedAt)) - Date.parse(connectedAt)) / 1_000),
  );
  const Glyph = isHere ? IconPlugConnected : reason === null ? IconCircleCheck : IconPlugConnectedX;
  return (
    <>
      <Glyph
        size={18}
        stroke={1.8}
        aria-hidden="true"
        data-kind={isHere ? 'here' : reason === null ? 'left' : 'thrown'}
      />
      <div>
        <p className={classes.what}>
          {isHere ? `Connected for ${lasted}` : reason === null ? 'Left in order' : reason.message}
        </p>
        {reason !== null && (
          <p className={classes.advice}>
            <Words text={reason.advice} />
          </p>
        )}
        <p className={classes.facts}>
          {!isHere && (
            <>
              <Age at={disconnectedAt} />, after {lasted} ·{' '}
            </>
          )}
          {transport} from {remoteAddress} · since {formatMoment(connectedAt)}
          {reason !== null && (
            <>
              {' · '}
              <span className="mono">{reason.code}</span>
            </>
          )}
        </p>
      </div>
    </>
  );
}
