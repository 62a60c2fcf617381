import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import { LogFile } from './log-file.ts';

export interface ServerLog {
  readonly logger: Logger;
  /** Writes what waits, at once. */
  flush(): void;
  close(): void;
}

/** JSON lines in DATA/server.log; faults also on standard error, where a supervisor looks. Never bodies, keys or tokens. */
export function openServerLog(dataDirectory: string, level: string): ServerLog {
  const file = new LogFile(join(dataDirectory, 'server.log'));
  const streams = pino.multistream([
    { level: 'trace', stream: file },
    { level: 'error', stream: { write: (line: string) => void process.stderr.write(line) } },
  ]);
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, streams);
  return { logger, flush: () => file.flush(), close: () => file.close() };
}
