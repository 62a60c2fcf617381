import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { identityKey } from '@viaduct/contracts';
import { commandsQuery } from '../../../api/queries.ts';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useIdentityScope } from '../device-context.ts';
import { CallForm } from './call-form.tsx';
import { CallHistory } from './call-history.tsx';
import classes from './calls.module.css';
import { type ChoiceGroup, type CommandChoice, commandChoices } from './command-choice.ts';
import { CommandQueue } from './command-queue.tsx';
import { DurableForm } from './durable-form.tsx';
import { MessageForm } from './message-form.tsx';
import { RunHistory } from './run-history.tsx';

/** No event tells what a device does with its queue, and locks last a minute: asked for again this often, ms. */
const REFRESH_MS = 2_500;

/** What can be asked of a device or module: at the left what, at the right with what, and what came of it. */
export function DeviceCommands() {
  const { identity, model } = useIdentityScope();
  const queue = useQuery({ ...commandsQuery(identity), refetchInterval: REFRESH_MS });
  // Of whichever route drew this: a device's or a module's.
  const { command: wanted } = useSearch({ strict: false }) as { command?: string };
  usePageTitle('Commands', identityKey(identity));
  const groups = commandChoices(model);
  const choices = groups.flatMap((group) => group.choices);
  const chosen = choices.find(({ key }) => key === wanted) ?? choices[0];
  if (chosen === undefined) return null;
  return (
    <div className={classes.columns}>
      <Choices groups={groups} chosen={chosen.key} />
      <Stack gap="md" className={classes.main}>
        <ChosenForm key={chosen.key} choice={chosen} />
        <CallHistory of={identityKey(identity)} />
        <RunHistory identity={identity} />
        {queue.isPending && <Skeleton height={120} />}
        {queue.isError && <ProblemAlert error={queue.error} onRetry={() => void queue.refetch()} />}
        {queue.data !== undefined && <CommandQueue commands={queue.data} />}
      </Stack>
    </div>
  );
}

function ChosenForm({ choice }: { readonly choice: CommandChoice }) {
  switch (choice.kind) {
    case 'model':
      return choice.command.isQueued ? <DurableForm command={choice.command} /> : <CallForm command={choice.command} />;
    case 'call':
      return <CallForm command={null} />;
    case 'message':
      return <MessageForm />;
    default:
      return choice satisfies never;
  }
}

function Choices({ groups, chosen }: { readonly groups: readonly ChoiceGroup[]; readonly chosen: string }) {
  const navigate = useNavigate();
  return (
    <nav aria-label="Commands" className={classes.choices}>
      {groups.map(({ title, choices }) => (
        <div key={title ?? ''} className={classes.group}>
          {title !== null && <p className={classes.groupTitle}>{title}</p>}
          {choices.map((choice) => (
            <button
              key={choice.key}
              type="button"
              aria-current={choice.key === chosen}
              onClick={() =>
                void navigate({ to: '.', search: (old) => ({ ...old, command: choice.key }), replace: true })
              }
            >
              {choice.title}
            </button>
          ))}
        </div>
      ))}
    </nav>
  );
}
