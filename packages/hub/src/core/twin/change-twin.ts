import type { HoldsSessions } from '../hub.ts';
import type { AppendsToLog, KeepsRegistry, KeepsTwins, KnowsItsNames, TellsTime } from '../ports.ts';

/** What every change of a twin touches. */
export type ChangesTwins = KeepsTwins & KeepsRegistry & HoldsSessions & AppendsToLog & TellsTime & KnowsItsNames;
