import { hostname } from 'node:os';
import { deviceConnectionString, isValidId, LIMITS, type ReadyFile } from '@viaduct/contracts';
import { createDevice, type Hub } from '@viaduct/hub';
import type { Logger } from 'pino';
import { AgentProcess, findAgentEntry } from './agent-process.ts';
import type { ClosingStack } from './closing-stack.ts';
import type { ServerConfig } from './config.ts';

export interface ThisMachineOptions {
  readonly hub: Hub;
  readonly config: ServerConfig;
  readonly ready: ReadyFile;
  readonly logger: Logger;
  readonly closing: ClosingStack;
}

/**
 * Makes this machine a device, so that a fresh installation has one, and starts its agent. The id is the machine's name;
 * undefined when there is no agent to start.
 */
export async function connectThisMachine(options: ThisMachineOptions): Promise<string | undefined> {
  const { hub, config, ready, logger, closing } = options;
  const entry = findAgentEntry();
  if (entry === undefined) {
    logger.warn('agent is not built; this machine does not report');
    return undefined;
  }
  const deviceId = deviceIdOf(hostname());
  const { authentication } = (await hub.registry.find({ deviceId })) ?? (await createDevice(hub, { deviceId }));
  const key = authentication.symmetricKey.primaryKey;
  if (key === null) {
    logger.warn({ deviceId }, 'device of this machine has no key, so its agent cannot connect');
    return undefined;
  }
  const agent = new AgentProcess(entry, {
    connectionString: deviceConnectionString(agentHostName(ready), deviceId, key),
    caFile: ready.caFile,
    environment: config.childEnvironment,
    logger,
  });
  closing.push(() => agent.close());
  return deviceId;
}

/** Every character an id may not have becomes a hyphen. */
export function deviceIdOf(machineName: string): string {
  const id = [...machineName].map((character) => (isValidId(character) ? character : '-')).join('');
  return id.slice(0, LIMITS.ID_CHARACTERS_MAX) || 'this-machine';
}

/** The Node SDK dials the port of `HostName=host:port` for MQTT; the usual one needs no saying. */
function agentHostName({ hostName, ports }: ReadyFile): string {
  return ports.mqtt === 8883 ? hostName : `${hostName}:${ports.mqtt}`;
}
