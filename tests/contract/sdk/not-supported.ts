import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the cell of the compatibility table is empty: what the protocol or the client lacks, not what Viaduct does. */
    notSupported?: string;
  }
}

/**
 * Marks a test as proof that the *client* cannot do something over this transport, so that the compatibility table says
 * "not supported by …" instead of leaving a hole.
 */
export function notSupported({ task }: TestContext, byWhom: 'the protocol' | 'the client'): void {
  task.meta.notSupported = `not supported by ${byWhom}`;
}
