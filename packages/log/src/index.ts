export type { LogStats } from './commit-stats.ts';
export { type Disk, type DiskFile, type OpenMode, realDisk, type SyncMethod } from './disk.ts';
export type { Commit, CommitParty, EventLog, LogPosition, LogRecord, LogState, PartitionBounds } from './event-log.ts';
export type { LogEvent, OnLogEvent } from './events.ts';
export { type FileEventLog, type FileLogOptions, openFileLog } from './file-log.ts';
export type { RecoveryReport } from './recovery.ts';
