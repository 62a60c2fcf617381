import type { DirectoryAction } from '@viaduct/contracts';

/** What each action says of itself, and what it leads to. */
export const BULK_WORDS: Readonly<
  Record<
    Exclude<DirectoryAction, 'organize'>,
    { readonly verb: string; readonly done: string; readonly consequence: string; readonly isGrave?: true }
  >
> = {
  approve: {
    verb: 'Approve',
    done: 'approved',
    consequence: 'They may connect from now on.',
  },
  block: {
    verb: 'Block',
    done: 'blocked',
    consequence:
      'Those that are connected are thrown out now and refused until they are unblocked. Nothing is deleted.',
    isGrave: true,
  },
  unblock: {
    verb: 'Unblock',
    done: 'unblocked',
    consequence: 'They may connect again at once.',
  },
  migrate: {
    verb: 'Migrate',
    done: 'migrated',
    consequence: 'They are described by the model that you choose. What they said before is shown by it, too.',
  },
  delete: {
    verb: 'Delete',
    done: 'deleted',
    consequence:
      'Their identity, keys, twin and waiting commands are gone for good; what they said stays until it expires.',
    isGrave: true,
  },
};
