import { IconCheck, IconClockHour4, IconX } from '@tabler/icons-react';
import type { PropertyRow } from '../../../model/property-rows.ts';
import { LongText } from '../../../ui/long-text.tsx';
import classes from './properties.module.css';

/** Pending, accepted or refused, by icon and word; in the device's own words when it gave some. */
export function PropertyStateBadge({ row }: { readonly row: PropertyRow }) {
  const { state } = row;
  switch (state.kind) {
    case 'none':
      return null;
    case 'pending':
      return (
        <span className={classes.state} data-state="pending">
          <IconClockHour4 size={14} aria-hidden="true" />
          {state.reason === 'inProgress' ? 'Pending: the device is working on it' : 'Pending: not acknowledged yet'}
        </span>
      );
    case 'accepted':
      return (
        <span className={classes.state} data-state="accepted">
          <IconCheck size={14} aria-hidden="true" />
          {state.differs ? 'Accepted, with another value' : 'Accepted'}
          {row.acknowledgement?.description != null && (
            <>
              : <LongText text={row.acknowledgement.description} />
            </>
          )}
        </span>
      );
    case 'error':
      return (
        <span className={classes.state} data-state="error">
          <IconX size={14} aria-hidden="true" />
          Error {state.status}
          {state.description !== null && (
            <>
              : <LongText text={state.description} />
            </>
          )}
        </span>
      );
    default:
      return state satisfies never;
  }
}
