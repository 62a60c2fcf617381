import { HubError, LIMITS } from '@viaduct/contracts';
import type { Central } from '../central.ts';
import type { CommandAddress, CommandRun } from '../command/command-runs.ts';
import { runCommand } from '../command/run-command.ts';
import type { ApiRequest, ServeOperation } from './operation.ts';
import { answerPage, readPage } from './read-page.ts';

interface CommandBody {
  readonly request?: unknown;
  readonly connectionTimeout?: number;
  readonly responseTimeout?: number;
}

/** IoT Central waits for an answer so long when nobody says how long. */
const RESPONSE_SECONDS_DEFAULT = LIMITS.METHOD_RESPONSE_SECONDS_DEFAULT;

/** Commands of devices, modules and their components: given, and which were given before. */
export function deviceCommandOperations(central: Central, serve: ServeOperation): void {
  const run: Parameters<ServeOperation>[2] = async (caller, request) => {
    const {
      request: payload,
      connectionTimeout = 0,
      responseTimeout = RESPONSE_SECONDS_DEFAULT,
    } = request.body as CommandBody;
    const order = {
      ...addressOf(request),
      ...(payload === undefined ? {} : { request: payload }),
      connectSeconds: connectionTimeout,
      responseSeconds: responseTimeout,
    };
    return commandDocument(await runCommand(central, caller, order, request.signal));
  };
  const history: Parameters<ServeOperation>[2] = async (_caller, request) => {
    await central.devices.get(request.params.deviceId ?? '');
    const { limit, after } = readPage(request);
    const page = { limit, ...(after === undefined ? {} : { before: requireNumber(after) }) };
    const { runs, before } = await central.commandRuns.list(addressOf(request), page);
    return answerPage(request, runs.map(commandDocument), before === undefined ? undefined : String(before));
  };
  serve('Devices_RunCommand', 'device.command', run);
  serve('Devices_RunComponentCommand', 'device.command', run);
  serve('Devices_RunModuleCommand', 'device.command', run);
  serve('Devices_RunModuleComponentCommand', 'device.command', run);
  serve('Devices_GetCommandHistory', 'device.read', history);
  serve('Devices_GetComponentCommandHistory', 'device.read', history);
  serve('Devices_GetModuleCommandHistory', 'device.read', history);
  serve('Devices_GetModuleComponentCommandHistory', 'device.read', history);
}

/** @throws HubError argument.invalid: a page that we did not give */
function requireNumber(after: string): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new HubError('argument.invalid', 'the page to go on from is not one we gave');
}

function addressOf({ params }: ApiRequest): CommandAddress {
  const { deviceId = '', moduleName, componentName, commandName = '' } = params;
  return {
    deviceId,
    ...(moduleName === undefined ? {} : { moduleId: moduleName }),
    ...(componentName === undefined ? {} : { component: componentName }),
    name: commandName,
  };
}

function commandDocument({ runId, request, response, responseCode }: CommandRun) {
  return {
    id: runId,
    ...(request === undefined ? {} : { request }),
    ...(response === undefined || response === null ? {} : { response }),
    ...(responseCode === null ? {} : { responseCode }),
  };
}
