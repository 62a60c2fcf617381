import { spawn } from 'node:child_process';
import { ROOT } from './lib-sources.mjs';

/** Runs a program in the repository's root with our own standard streams; resolves with its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
}

/** Like `run`, and ends this process when the program fails: what comes next needs what it makes. */
export async function runOrExit(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) {
    console.error(`\n"${[command, ...args].join(' ')}" ended with ${code}. Its own words are above.`);
    process.exit(code);
  }
}

/** Hands SIGTERM and SIGINT on to a child for as long as it runs. */
export function forwardSignals(child) {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0;
}
