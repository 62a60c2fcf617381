/** One JSON line an event: a constant sentence, and the facts as fields. Never bodies of telemetry, keys or tokens. */
export type LogLine = (level: 'info' | 'warn', message: string, facts?: Readonly<Record<string, unknown>>) => void;

export function logTo(write: (text: string) => void, now: () => Date): LogLine {
  return (level, message, facts = {}) => {
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...facts })}\n`);
  };
}
