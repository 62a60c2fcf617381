import { IconCheck, IconClockHour4 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { twinQuery } from '../../../api/queries.ts';
import { propertyRows } from '../../../model/property-rows.ts';
import { Age } from '../../../ui/age.tsx';
import { formatValue } from '../../../ui/format.ts';
import { useIdentityScope } from '../device-context.ts';
import type { MethodCall } from './call-book.ts';
import classes from './calls.module.css';

/**
 * A device that answers 202 has begun, and tells the outcome later by a reported property of the command's name.
 * Source: IoT Plug and Play conventions, "Long-running commands".
 */
export function LongRun({ call }: { readonly call: MethodCall }) {
  const { identity, model, refreshMs } = useIdentityScope();
  const twin = useQuery({ ...twinQuery(identity), refetchInterval: refreshMs });
  const [component, name] = call.methodName.includes('*') ? call.methodName.split('*', 2) : [null, call.methodName];
  const row =
    twin.data && propertyRows(twin.data, model).find((each) => each.name === name && each.component === component);
  const isTold = row?.reportedAt != null && Date.parse(row.reportedAt) >= Date.parse(call.at) - CLOCKS_APART_MS;
  return (
    <p className={classes.run} data-done={isTold || undefined} role="status">
      {isTold ? (
        <>
          <IconCheck size={16} aria-hidden="true" />
          <span>
            Told by the property {name}: <strong>{formatValue(row.reported)}</strong>, <Age at={row.reportedAt} />
          </span>
        </>
      ) : (
        <>
          <IconClockHour4 size={16} aria-hidden="true" />
          It is working on it; the outcome comes as the property {name}.
        </>
      )}
    </p>
  );
}

/** What the page stamped against what the server did. */
const CLOCKS_APART_MS = 5_000;
