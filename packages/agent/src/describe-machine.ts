import { readFile } from 'node:fs/promises';
import { arch, cpus, hostname, release, totalmem, type } from 'node:os';

/** What does not change while the machine runs: the read-only properties, reported once per session. */
export interface MachineDescription {
  readonly hostName: string;
  readonly osName: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly cpuModel: string;
  readonly coreCount: number;
  /** MiB. */
  readonly totalMemory: number;
  readonly nodeVersion: string;
  readonly agentVersion: string;
}

export const AGENT_VERSION = '0.1.0';

export async function describeMachine(): Promise<MachineDescription> {
  return {
    hostName: hostname(),
    osName: parseOsRelease(await readFile('/etc/os-release', 'utf8').catch(() => '')) ?? type(),
    kernel: release(),
    architecture: arch(),
    cpuModel: cpus()[0]?.model.trim() || 'unknown',
    coreCount: cpus().length,
    totalMemory: Number((totalmem() / 1_048_576).toFixed(1)),
    nodeVersion: process.version,
    agentVersion: AGENT_VERSION,
  };
}

/** Pure. Source: os-release(5); the value may stand in double quotes, single quotes or none. */
export function parseOsRelease(text: string): string | undefined {
  const [, name] =
    /^PRETTY_NAME=(?:"([^"]*)"|'([^']*)'|(\S+))$/m.exec(text)?.filter((group) => group !== undefined) ?? [];
  return name;
}
