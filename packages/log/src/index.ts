export type { Commit, CommitParty, EventLog, LogPosition, LogRecord, LogState, PartitionBounds } from './event-log.ts';
