import { spawn } from 'node:child_process';
import type { CliContext } from './context.ts';
import type { ServerAddress } from './server-address.ts';

/**
 * Makes sure that this process trusts the server's root before an official service SDK connects.
 *
 * `azure-iothub` (AMQP) and `@azure/event-hubs` have no option for a root certificate: they take Node's, and Node reads
 * NODE_EXTRA_CA_CERTS once, while it starts. Changing the roots of a running process came only with Node 22.19
 * (`tls.setDefaultCACertificates`). So the command runs again in a child that was started with the variable.
 *
 * @returns true when this process may go on; false when the child has done the work and its exit code is set
 */
export async function trustCa(context: CliContext, address: ServerAddress): Promise<boolean> {
  const { caFile } = address;
  // A user's own extra roots give way: this command speaks to the one server only.
  if (caFile === undefined || context.env.NODE_EXTRA_CA_CERTS === caFile) return true;
  context.setExitCode(await context.runTrusting(caFile));
  return false;
}

/** Runs this command line again, with the same streams. Signals sent to us alone are handed on. */
export function runAgainTrusting(caFile: string, env: NodeJS.ProcessEnv): Promise<number> {
  const [node, ...args] = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(node as string, args, { stdio: 'inherit', env: { ...env, NODE_EXTRA_CA_CERTS: caFile } });
  const handOn = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', handOn);
  // From a terminal, Ctrl-C reaches the child by itself, and a second one would mean "at once".
  if (!process.stdin.isTTY) process.on('SIGINT', handOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // 128 + n is how shells report an end by signal; 15 is SIGTERM, and no other is handed on unhandled.
    child.once('exit', (code) => resolve(code ?? 143));
  });
}
