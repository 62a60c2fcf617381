import type { ModelCommand } from '@viaduct/contracts';
import classes from './calls.module.css';
import { commandName } from './command-choice.ts';

/** What a form is about: the command's name for people, the one the device knows, and what the model says of it. */
export function CommandHead({ command }: { readonly command: ModelCommand | null }) {
  return (
    <div>
      <h2 className={classes.title}>{command === null ? 'Any command' : command.displayName || command.name}</h2>
      {command !== null && (
        <p className={classes.description}>
          <span className="mono">{commandName(command)}</span>
          {command.description !== null && ` · ${command.description}`}
        </p>
      )}
    </div>
  );
}

/** DTDL has no word for it; people write it into the description. */
export function isDestructive({ description }: ModelCommand): boolean {
  return /\b(destructive|irreversibl|erases?|wipes?|factory reset)/i.test(description ?? '');
}
