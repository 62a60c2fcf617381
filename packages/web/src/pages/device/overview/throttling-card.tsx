import { useQuery } from '@tanstack/react-query';
import type { DeviceIdentity, ThrottlingRow } from '@viaduct/contracts';
import { throttlingQuery } from '../../../api/queries.ts';
import { Age } from '../../../ui/age.tsx';
import classes from '../device.module.css';

const OPERATION_NAMES: Readonly<Record<string, string>> = {
  connect: 'Connecting',
  telemetry: 'Telemetry',
  twinRead: 'Reading properties',
  twinUpdate: 'Changing properties',
  commandReceive: 'Receiving commands',
  commandSend: 'Being sent commands',
  fileUpload: 'Uploading files',
  method: 'Being called',
};

/** What was slowed down or refused because it was too much at a time. Nothing when nothing ever was. */
export function ThrottlingCard({ identity }: { readonly identity: DeviceIdentity }) {
  const { data: rows = [] } = useQuery(throttlingQuery(identity));
  if (rows.length === 0) return null;
  return (
    <section className="card" aria-label="Throttling">
      <dl className={classes.facts}>
        {rows.map((row) => (
          <div key={row.operation}>
            <dt>{OPERATION_NAMES[row.operation] ?? row.operation}, throttled</dt>
            <dd>
              {wordsOf(row)}, last <Age at={row.lastAt} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function wordsOf({ heldCount, refusedCount, scope, limitPerSecond }: ThrottlingRow): string {
  const whose = scope === 'device' ? 'its own limit' : 'the limit of the hub';
  const rate =
    limitPerSecond >= 1 ? `${Math.round(limitPerSecond)} a second` : `${Math.round(limitPerSecond * 3_600)} an hour`;
  return `held ${heldCount} times, refused ${refusedCount} times by ${whose} of ${rate}`;
}
