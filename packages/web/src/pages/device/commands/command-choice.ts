import type { ModelCommand, ModelSummary } from '@viaduct/contracts';

/** What can be chosen on the page of commands: each of the model, and by hand whatever a device without a model may know. */
export type CommandChoice =
  | { readonly kind: 'model'; readonly key: string; readonly title: string; readonly command: ModelCommand }
  | { readonly kind: 'call'; readonly key: string; readonly title: string }
  | { readonly kind: 'message'; readonly key: string; readonly title: string };

export interface ChoiceGroup {
  /** Of a component; null for the root and for what is done by hand. */
  readonly title: string | null;
  readonly choices: readonly CommandChoice[];
}

/** Begin with a sign that no name of a command has. */
const BY_HAND: readonly CommandChoice[] = [
  { kind: 'call', key: '~call', title: 'Any command…' },
  { kind: 'message', key: '~message', title: 'Message to the queue…' },
];

/** The model's commands, those of a component together, then what is done by hand. */
export function commandChoices(model: ModelSummary | null): ChoiceGroup[] {
  const commands = model?.commands ?? [];
  const components = [...new Set(commands.map(({ component }) => component))];
  const groups = components.map((component) => ({
    title: titleOf(model, component),
    choices: commands.filter((command) => command.component === component).map(choiceOf),
  }));
  return [...groups, { title: groups.length === 0 ? null : 'By hand', choices: BY_HAND }];
}

/** A command of a component is called `component*command`. Source: IoT Plug and Play conventions, "Commands". */
export function commandName({ component, name }: Pick<ModelCommand, 'component' | 'name'>): string {
  return component === null ? name : `${component}*${name}`;
}

function choiceOf(command: ModelCommand): CommandChoice {
  return { kind: 'model', key: commandName(command), title: command.displayName || command.name, command };
}

function titleOf(model: ModelSummary | null, component: string | null): string | null {
  if (component === null) return null;
  return model?.components?.find(({ name }) => name === component)?.displayName || component;
}
