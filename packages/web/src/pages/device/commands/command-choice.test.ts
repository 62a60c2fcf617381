import type { ModelCommand } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { commandChoices } from './command-choice.ts';

const command = (name: string, component: string | null = null): ModelCommand => ({
  ...{ name, component, displayName: '', description: null, request: null, response: null },
});

describe('commandChoices', () => {
  it('offers what is done by hand where there is no model', () => {
    expect(commandChoices(null)).toMatchObject([{ title: null, choices: [{ kind: 'call' }, { kind: 'message' }] }]);
  });

  it('puts commands of a component together, and calls them as the convention does', () => {
    const model = {
      ...{ modelId: 'dtmi:test:A;1', displayName: 'A', description: null, telemetry: [], properties: [] },
      components: [{ name: 'motor', displayName: 'The motor', description: null, modelId: null }],
      commands: [command('reboot'), command('start', 'motor'), command('stop', 'motor')],
    };
    const groups = commandChoices(model).map(({ title, choices }) => [title, choices.map(({ key }) => key)]);
    expect(groups).toEqual([
      [null, ['reboot']],
      ['The motor', ['motor*start', 'motor*stop']],
      ['By hand', ['~call', '~message']],
    ]);
  });
});
