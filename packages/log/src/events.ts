import type { RecoveryReport } from './recovery.ts';

/** What the log tells whoever runs it. For logs and metrics; nothing has to react. */
export type LogEvent =
  | { readonly kind: 'tornTailRemoved'; readonly report: RecoveryReport }
  /** Nothing can be written. Reads go on, and the log tries again every second. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'available'; readonly unavailableMs: number }
  | { readonly kind: 'segmentStarted'; readonly segment: string }
  | { readonly kind: 'segmentRemoved'; readonly segment: string; readonly because: 'age' | 'bytes' }
  /** The lock of a process that no longer runs was taken over. */
  | { readonly kind: 'staleLockTaken'; readonly owner: string }
  /** Something went wrong that harms no data: a preallocation, a clean-up, a party that threw. `what` says which. */
  | { readonly kind: 'fault'; readonly what: string; readonly error: unknown };

export type OnLogEvent = (event: LogEvent) => void;
