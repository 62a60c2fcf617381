import { Button, Group, SegmentedControl, Stack } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import { CopyButton } from './copy-button.tsx';
import classes from './program-tabs.module.css';
import { TextBlock } from './text-block.tsx';

/** A complete program for one kind of client. */
interface Program<Id extends string> {
  readonly id: Id;
  readonly title: string;
  /** What to do before running it. */
  readonly before: string;
  readonly text: string;
}

interface ProgramTabsProps<Id extends string> {
  readonly programs: readonly Program<Id>[];
  /** The same with their secrets masked, to be shown until somebody asks for them; null where there are none. */
  readonly masked: readonly Program<Id>[] | null;
  /** The kind of client that is shown; the first when there is no such. */
  readonly client: string | undefined;
  readonly onClient: (id: Id) => void;
}

/** A program per kind of client. On screen the key is masked; the copy has it. */
export function ProgramTabs<Id extends string>({ programs, masked, client, onClient }: ProgramTabsProps<Id>) {
  const [isRevealed, setRevealed] = useState(false);
  const chosen = programs.find(({ id }) => id === client) ?? programs[0];
  const shown = (isRevealed ? null : masked)?.find(({ id }) => id === chosen?.id) ?? chosen;
  if (chosen === undefined || shown === undefined) return null;
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          classNames={{ label: 'segment' }}
          className={classes.clients ?? ''}
          size="xs"
          aria-label="Kind of client"
          value={chosen.id}
          data={programs.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={onClient}
        />
        <Group gap="xs">
          {masked !== null && (
            <Button
              size="compact-xs"
              variant="default"
              aria-pressed={isRevealed}
              leftSection={isRevealed ? <IconEyeOff size={14} /> : <IconEye size={14} />}
              onClick={() => setRevealed(!isRevealed)}
            >
              {isRevealed ? 'Hide key' : 'Reveal key'}
            </Button>
          )}
          <CopyButton text={chosen.text} label={masked === null ? 'Copy program' : 'Copy with key'} />
        </Group>
      </Group>
      <pre className={classes.before}>{chosen.before}</pre>
      <TextBlock tall text={shown.text} label={`Program for ${shown.title}`} />
    </Stack>
  );
}
