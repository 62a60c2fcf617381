import { Agent } from './agent.ts';
import { readConfig } from './config.ts';
import { logTo } from './log-line.ts';

/** Reads the environment once, runs until SIGTERM or SIGINT, and leaves with 0; with 2 where the configuration is faulty. */
function main(): void {
  const now = () => new Date();
  const log = logTo((text) => process.stdout.write(text), now);
  const result = readConfig(process.env);
  if (result.kind === 'faults') {
    for (const fault of result.faults) log('warn', 'configuration is faulty', { fault });
    process.exitCode = 2;
    return;
  }

  const blinkWhere = {
    ledFolder: '/sys/class/leds',
    isTerminal: process.stdout.isTTY === true,
    write: (text: string) => void process.stdout.write(text),
    pauseMs: 150,
  };
  const agent = new Agent({ config: result.config, log, blinkWhere, now });
  agent.start();

  const leave = () => {
    agent.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
  // A server that starts the agent holds an IPC channel: when it breaks, the server is gone, and the next one starts its own agent.
  if (process.connected) process.once('disconnect', leave);
}

main();
