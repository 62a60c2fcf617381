import { Stack } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { identityKey, type ModelCommand } from '@viaduct/contracts';
import { usePageTitle } from '../../../ui/page-title.ts';
import { useIdentityScope } from '../device-context.ts';
import { CallHistory } from './call-history.tsx';
import { MethodForm } from './method-form.tsx';
import classes from './methods.module.css';

const BY_HAND = 'by-hand';

/** Methods of the model on the left, the chosen one's form and what came of it on the right. */
export function DeviceMethods() {
  const { identity, model } = useIdentityScope();
  // Of whichever route drew this: a device's or a module's.
  const { method } = useSearch({ strict: false });
  const navigate = useNavigate();
  usePageTitle('Methods', identityKey(identity));
  const commands = model?.commands ?? [];
  const chosen =
    commands.find((command) => methodNameOf(command) === method) ?? (method === BY_HAND ? null : commands[0]);
  const choices = [
    ...commands.map((command) => ({ key: methodNameOf(command), title: command.displayName || command.name })),
    { key: BY_HAND, title: 'Any method…' },
  ];
  const chosenKey = chosen == null ? BY_HAND : methodNameOf(chosen);
  return (
    <div className={classes.columns}>
      {commands.length > 0 && (
        <nav aria-label="Methods of the model" className={classes.choices}>
          {choices.map((choice) => (
            <button
              key={choice.key}
              type="button"
              aria-current={choice.key === chosenKey}
              onClick={() =>
                void navigate({ to: '.', search: (old) => ({ ...old, method: choice.key }), replace: true })
              }
            >
              {choice.title}
            </button>
          ))}
        </nav>
      )}
      <Stack gap="md" className={classes.main}>
        <MethodForm key={chosenKey} command={chosen ?? null} />
        <CallHistory of={identityKey(identity)} />
      </Stack>
    </div>
  );
}

/** A command of a component is called `component*command`. Source: IoT Plug and Play conventions, "Commands". */
function methodNameOf(command: ModelCommand): string {
  return command.component === null ? command.name : `${command.component}*${command.name}`;
}
