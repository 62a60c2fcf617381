import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { DeviceIdentity } from '@viaduct/contracts';
import { useState } from 'react';
import { desiredPatch, type PropertyRow } from '../../../model/property-rows.ts';
import type { Acknowledgement } from '../../../model/property-state.ts';
import { Age } from '../../../ui/age.tsx';
import { MeasuredValue } from '../../../ui/measured-value.tsx';
import classes from './properties.module.css';
import { PropertyForm } from './property-form.tsx';
import { PropertyStateBadge } from './property-state-badge.tsx';
import { usePatchTwin } from './use-patch-twin.ts';

interface PropertyItemProps {
  readonly row: PropertyRow;
  readonly identity: DeviceIdentity;
}

/** One property: name, desired value with its state, reported value with its age. */
export function PropertyItem({ row, identity }: PropertyItemProps) {
  const [isEditing, setEditing] = useState(false);
  const isWritable = row.field?.writable === true || row.desired !== undefined;
  return (
    <li className={classes.row}>
      <div className={classes.cells}>
        <div>
          <span className={classes.name}>{row.title}</span>
          <span className={classes.path}>{nameNotes(row)}</span> <PastLink row={row} identity={identity} />
        </div>
        <div>
          <span className={classes.label}>Desired</span>
          <div className={classes.valueLine}>
            <Value value={row.desired} field={row.field} />
            {isWritable && !isEditing && (
              <Tooltip label="Edit">
                <ActionIcon
                  variant="subtle"
                  size={24}
                  aria-label={`Edit ${row.title}`}
                  onClick={() => setEditing(true)}
                >
                  <IconPencil size={16} />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
          {row.desiredAt !== null && row.desired !== undefined && (
            <span className={classes.age}>
              <Age at={row.desiredAt} />
            </span>
          )}
          <PropertyStateBadge row={row} />
          {!isEditing && isRevertible(row) && <RevertButton row={row} identity={identity} />}
        </div>
        <div>
          <span className={classes.label}>Reported</span>
          <div className={classes.valueLine}>
            <Value value={row.reported} field={row.field} />
          </div>
          {row.reported !== undefined && (
            <span className={classes.age}>
              <Age at={row.reportedAt} never="" />
              {row.acknowledgement !== null && ` · ${ackWords(row.acknowledgement)}`}
            </span>
          )}
        </div>
      </div>
      {isEditing && <PropertyForm row={row} identity={identity} onClose={() => setEditing(false)} />}
    </li>
  );
}

/** What it was before. */
function PastLink({ row: { component, name, title }, identity: { deviceId, moduleId } }: PropertyItemProps) {
  const search = { property: name, component: component ?? undefined };
  const words = (
    <>
      History<span className="hidden-visually"> of {title}</span>
    </>
  );
  return moduleId === undefined ? (
    <Link to="/devices/$deviceId/history" params={{ deviceId }} search={search} className={classes.past}>
      {words}
    </Link>
  ) : (
    <Link
      to="/devices/$deviceId/modules/$moduleId/history"
      params={{ deviceId, moduleId }}
      search={search}
      className={classes.past}
    >
      {words}
    </Link>
  );
}

/** Something was asked that the device did not take, and it says what it has instead. */
function isRevertible({ state, reported }: PropertyRow): boolean {
  return reported !== undefined && (state.kind === 'error' || state.kind === 'pending');
}

/** Asks for what the device has already: so nothing is left open. */
function RevertButton({ row, identity }: PropertyItemProps) {
  const patch = usePatchTwin(identity, () => {});
  return (
    <Button
      size="compact-xs"
      variant="default"
      mt={4}
      loading={patch.isPending}
      leftSection={<IconArrowBackUp size={14} />}
      aria-label={`Revert ${row.title} to what is reported`}
      onClick={() => patch.mutate(desiredPatch(row.component, row.name, row.reported))}
    >
      Revert
    </Button>
  );
}

/** `ac` and `av`, as the device gave them; its words stand beside the state. */
function ackWords({ status, version }: Acknowledgement): string {
  return version === null ? `answered ${status}` : `answered ${status} for version ${version}`;
}

/** The name by which the device knows it, where that is not the title already. */
function nameNotes({ component, name, title, field }: PropertyRow): string {
  const path = component === null ? name : `${component} · ${name}`;
  const notes = [...(path === title ? [] : [path]), ...(field?.writable === false ? ['read-only'] : [])];
  return notes.join(' · ');
}

/** A scrolling region must be reachable by keyboard: WCAG 2.1.1. */
const FOCUSABLE = { tabIndex: 0 };

function Value({ value, field }: { readonly value: unknown; readonly field: PropertyRow['field'] }) {
  if (typeof value === 'object' && value !== null) {
    return (
      <pre className={classes.json} {...FOCUSABLE}>
        {JSON.stringify(value, null, 2)}
      </pre>
    );
  }
  return <MeasuredValue value={value} field={field} className={value === undefined ? 'quiet' : classes.value} />;
}
