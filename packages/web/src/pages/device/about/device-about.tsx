import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DeviceDetail } from '@viaduct/contracts';
import { twinQuery } from '../../../api/queries.ts';
import { AUTHENTICATION_NAMES } from '../../../credentials/authentication-words.ts';
import { type PropertyRow, propertyRows } from '../../../model/property-rows.ts';
import { Age } from '../../../ui/age.tsx';
import { MeasuredValue } from '../../../ui/measured-value.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { TextBlock } from '../../../ui/text-block.tsx';
import classes from '../device.module.css';
import { useDeviceScope } from '../device-context.ts';
import { CloudProperties } from './cloud-properties.tsx';

/** What kind of device it is: what it reports of itself and nobody writes, what people note of it, and what the platform knows of it. */
export function DeviceAbout() {
  const { device } = useDeviceScope();
  const twin = useQuery(twinQuery({ deviceId: device.deviceId }));
  const rows = twin.data === undefined ? [] : propertyRows(twin.data, device.model).filter(isReadOnly);
  const tags = twin.data?.tags ?? {};
  usePageTitle('About', device.deviceId);
  return (
    <Stack gap="md">
      {rows.length > 0 && <Reported rows={rows} />}
      <CloudProperties deviceId={device.deviceId} fields={device.model?.cloudProperties ?? []} />
      <Facts device={device} />
      {Object.keys(tags).length > 0 && (
        <section className="card" aria-labelledby="tags">
          <h2 className={classes.heading} id="tags">
            Tags
          </h2>
          <TextBlock text={JSON.stringify(tags, null, 2)} label="Tags" />
        </section>
      )}
    </Stack>
  );
}

/** Reported, and not asked for by anybody. */
function isReadOnly({ field, desired, reported }: PropertyRow): boolean {
  return field === null ? desired === undefined && reported !== undefined : !field.writable;
}

function Reported({ rows }: { readonly rows: readonly PropertyRow[] }) {
  return (
    <section className="card" aria-labelledby="reported">
      <h2 className={classes.heading} id="reported">
        What it says of itself
      </h2>
      <dl className={classes.facts}>
        {rows.map(({ component, name, title, reported, reportedAt, field }) => (
          <div key={`${component ?? ''}/${name}`}>
            <dt>{component === null ? title : `${component} · ${title}`}</dt>
            <dd>
              <MeasuredValue value={reported} field={field} className={classes.factValue} />
              {reported !== undefined && (
                <span className={classes.factAge}>
                  <Age at={reportedAt} never="" />
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Facts({ device }: { readonly device: DeviceDetail }) {
  const facts = [
    ['Last seen', <Age key="seen" at={device.lastSeen} />],
    ['Connected', <Age key="since" at={device.connectedSince} never="no" />],
    ['Transport', device.transport ?? '–'],
    ['Authentication', AUTHENTICATION_NAMES[device.authentication]],
    ...(device.status === 'disabled' ? ([['Disabled', device.statusReason ?? 'without a reason']] as const) : []),
    ['Waiting commands', String(device.queuedCommands)],
    ['Created', <Age key="created" at={device.createdAt} />],
    ['Model', device.model?.displayName ?? '–'],
    ['Model id', device.modelId ?? '–'],
  ] as const;
  return (
    <section className="card" aria-labelledby="facts">
      <h2 className={classes.heading} id="facts">
        What is known of it
      </h2>
      <dl className={classes.facts}>
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
