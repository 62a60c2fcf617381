import { Alert, Button, Group, NativeSelect } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconDeviceFloppy, IconPlus, IconVariable } from '@tabler/icons-react';
import { formatDuration } from '../../ui/format.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import classes from './dashboards.module.css';
import type { Draft } from './use-draft.ts';

interface EditBarProps {
  readonly draft: Draft;
  readonly onAdd: () => void;
  readonly onVariables: () => void;
  readonly onRefresh: (refreshSeconds: number | undefined) => void;
  readonly onDone: () => void;
}

/** What one does with a dashboard that is being changed. */
export function EditBar({ draft, onAdd, onVariables, onRefresh, onDone }: EditBarProps) {
  return (
    <section aria-label="Changes">
      <div className={classes.bar}>
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={onAdd}>
          Add a tile
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconVariable size={14} aria-hidden="true" />}
          onClick={onVariables}
        >
          Variables
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={!draft.canUndo}
          leftSection={<IconArrowBackUp size={14} aria-hidden="true" />}
          onClick={draft.undo}
        >
          Undo
        </Button>
        <NativeSelect
          size="xs"
          aria-label="How often it is asked anew"
          value={draft.content.extension?.refreshSeconds ?? ''}
          data={refreshChoices(draft.content.extension?.refreshSeconds)}
          onChange={({ currentTarget: { value } }) => onRefresh(value === '' ? undefined : Number(value))}
        />
        <Group gap={8} className={classes.spread}>
          {draft.isChanged && (
            <Button size="xs" variant="subtle" onClick={draft.discard}>
              Discard
            </Button>
          )}
          <Button size="xs" variant="default" onClick={onDone}>
            Done
          </Button>
          <Button
            size="xs"
            disabled={!draft.isChanged || draft.isConflict}
            loading={draft.isSaving}
            leftSection={<IconDeviceFloppy size={14} aria-hidden="true" />}
            onClick={draft.save}
          >
            Save
          </Button>
        </Group>
      </div>
    </section>
  );
}

interface DraftNoticeProps {
  readonly draft: Draft;
  readonly isEdited: boolean;
  readonly onEdit: () => void;
}

const REFRESHES = [5, 15, 60, 300];

/** A program may have set another one. */
function refreshChoices(now: number | undefined) {
  const seconds = [...new Set([...REFRESHES, ...(now === undefined || now === 0 ? [] : [now])])].sort((a, b) => a - b);
  return [
    { value: '', label: 'Asked anew as its time needs' },
    ...seconds.map((each) => ({ value: String(each), label: `Each ${formatDuration(each)}` })),
    { value: '0', label: 'Not asked anew' },
  ];
}

/** Why the last step failed, and what is unsaved or was saved by somebody faster; whether or not the dashboard is being changed. */
export function DraftNotice(props: DraftNoticeProps) {
  const { error } = props.draft;
  return (
    <>
      {error !== null && <ProblemAlert error={error} />}
      <Unsaved {...props} />
    </>
  );
}

function Unsaved({ draft, isEdited, onEdit }: DraftNoticeProps) {
  if (draft.isConflict) {
    return (
      <Alert
        color="red"
        variant="light"
        icon={<IconAlertTriangle />}
        title="Somebody else saved this dashboard meanwhile"
      >
        Your changes are kept in this browser until you decide.
        <Group gap="xs" mt="xs">
          <Button size="compact-sm" variant="default" onClick={draft.discard}>
            Take theirs
          </Button>
          <Button size="compact-sm" variant="default" loading={draft.isSaving} onClick={draft.keepCopy}>
            Take theirs, keep mine as a copy
          </Button>
          <Button size="compact-sm" variant="default" loading={draft.isSaving} onClick={draft.overwrite}>
            Save mine over it
          </Button>
        </Group>
      </Alert>
    );
  }
  if (!draft.isChanged || isEdited) return null;
  return (
    <Alert variant="light" title="There are changes that are not saved">
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={onEdit}>
          Go on changing
        </Button>
        <Button size="compact-sm" variant="default" onClick={draft.discard}>
          Discard
        </Button>
      </Group>
    </Alert>
  );
}
