import { Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ModelCommand } from '@viaduct/contracts';
import { usePageTitle } from '../../../ui/page-title.ts';
import { useDeviceScope } from '../device-context.ts';
import { CallHistory } from './call-history.tsx';
import { MethodForm } from './method-form.tsx';
import classes from './methods.module.css';

const route = getRouteApi('/shell/devices/$deviceId/methods');
const BY_HAND = 'by-hand';

/** Methods of the model on the left, the chosen one's form and what came of it on the right. */
export function DeviceMethods() {
  const { device } = useDeviceScope();
  const { method } = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle('Methods', device.deviceId);
  const commands = device.model?.commands ?? [];
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
              onClick={() => void navigate({ search: (old) => ({ ...old, method: choice.key }), replace: true })}
            >
              {choice.title}
            </button>
          ))}
        </nav>
      )}
      <Stack gap="md" className={classes.main}>
        <MethodForm key={chosenKey} command={chosen ?? null} device={device} />
        <CallHistory deviceId={device.deviceId} />
      </Stack>
    </div>
  );
}

/** A command of a component is called `component*command`. Source: IoT Plug and Play conventions, "Commands". */
function methodNameOf(command: ModelCommand): string {
  return command.component === null ? command.name : `${command.component}*${command.name}`;
}
