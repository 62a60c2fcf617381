import { Command } from 'commander';
import { type ChangeOptions, changeIn, withChange } from '../configuration-options.ts';
import { addConfiguration, readContentFile } from '../configurations.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { configurationFacts } from '../show-configuration.ts';

export function configurationAdd(context: CliContext): Command {
  return withServer(withChange(new Command('add')))
    .argument('<id>', "lower-case letters, digits and - + % _ * ! '")
    .argument('<file>', 'JSON file with deviceContent, moduleContent or modulesContent')
    .description('make a configuration; it comes to the devices it targets at once')
    .action((id: string, file: string, options: CommonOptions & ChangeOptions) => {
      const change = changeIn(options);
      return onServer(context, options, async ({ rest, output }) => {
        const added = await addConfiguration(rest, id, await readContentFile(file), change);
        output.answer(added, () => configurationFacts(added));
        if (added.targetCondition === '')
          output.note(`It targets nobody yet: viaduct configuration update ${id} --target-condition …`);
      });
    });
}
