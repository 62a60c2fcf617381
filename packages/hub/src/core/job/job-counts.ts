import type { JobCounts } from '@viaduct/contracts';

/** Of a job that has not begun. */
export const NO_COUNTS: JobCounts = { devices: 0, pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
