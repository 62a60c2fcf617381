import { HubError, type ModelCommand } from '@viaduct/contracts';
import { invokeMethod, newGuid, sendCommand } from '@viaduct/hub';
import type { Caller } from '../access/caller.ts';
import type { Central } from '../central.ts';
import { requireFits } from '../model/require-fits.ts';
import type { CommandAddress, CommandRun } from './command-runs.ts';

export interface CommandOrder extends CommandAddress {
  /** Any JSON; undefined for none. */
  readonly request?: unknown;
  /** How long to wait for a device that is away, seconds. */
  readonly connectSeconds?: number;
  readonly responseSeconds?: number;
}

/** Between component and command in the name of a method. Source: IoT Plug and Play conventions, "Commands". */
const IN_COMPONENT = '*';
/** Names the command of a message that waits for its device. Source: IoT Central, "offline commands". */
export const METHOD_NAME = 'method-name';
/** What a message without a request holds: a message without a body is not delivered by every client. Source: IoT Central. */
const NO_REQUEST = '@';

/**
 * Gives a device a command, and remembers it. One that the model calls queued waits for the device as a message; every other is a method, and
 * the device answers now or never. A device whose work takes longer answers 202, and reports a property of the command's name when it is done.
 *
 * @throws HubError device.notFound, module.notFound, device.notOnline, method.timeout, central.notFound: the template has no such command;
 *   argument.invalid: the request is not what the model says
 */
export async function runCommand(
  central: Pick<Central, 'hub' | 'devices' | 'templates' | 'commandRuns'>,
  caller: Caller,
  order: CommandOrder,
  signal: AbortSignal,
): Promise<CommandRun> {
  const { hub, commandRuns } = central;
  const model = await modelOf(central, order);
  if (model?.request && order.request !== undefined) requireFits(order.request, model.request.schema, 'request');
  const { connectSeconds: _connect, responseSeconds: _response, ...address } = order;
  const base = { ...address, runId: newGuid(hub), caller: caller.name, time: hub.clock.now() };
  const run =
    model?.isQueued === true ? await queue(central, base) : { ...base, ...(await invoke(central, order, signal)) };
  await commandRuns.add(run);
  return run;
}

/** Undefined where no template says anything of it. @throws HubError device.notFound, central.notFound */
async function modelOf(
  { devices, templates }: Pick<Central, 'devices' | 'templates'>,
  { deviceId, moduleId, component, name }: CommandOrder,
): Promise<ModelCommand | undefined> {
  const { templateId } = await devices.get(deviceId);
  const template = templateId === null ? undefined : templates.find(templateId);
  // What modules can do is in no template here.
  if (template === undefined || moduleId !== undefined) return undefined;
  const found = template.summary.commands.find((each) => each.name === name && each.component === (component ?? null));
  if (found !== undefined) return found;
  throw new HubError(
    'central.notFound',
    `the template of ${deviceId} has no command "${methodName({ component, name })}"`,
  );
}

async function invoke({ hub }: Pick<Central, 'hub'>, order: CommandOrder, signal: AbortSignal) {
  const { connectSeconds, responseSeconds, request } = order;
  const { status, payload } = await invokeMethod(
    hub,
    order,
    {
      methodName: methodName(order),
      // Devices parse what they get: nothing is null in JSON.
      payload: request ?? null,
      ...(connectSeconds === undefined ? {} : { connectTimeoutSeconds: connectSeconds }),
      ...(responseSeconds === undefined ? {} : { responseTimeoutSeconds: responseSeconds }),
    },
    signal,
  );
  return { responseCode: status, response: payload };
}

async function queue({ hub }: Pick<Central, 'hub'>, run: Omit<CommandRun, 'responseCode'>): Promise<CommandRun> {
  const text = run.request === undefined ? NO_REQUEST : JSON.stringify(run.request);
  await sendCommand(hub, run, {
    body: Buffer.from(text, 'utf8'),
    system: { messageId: run.runId, contentType: 'application/json', contentEncoding: 'utf-8' },
    application: { [METHOD_NAME]: methodName(run) },
    ack: 'none',
  });
  return { ...run, responseCode: null };
}

/** The opposite: what a method, or a message, of this name is a command of. */
export function commandNamed(methodName: string): { readonly component?: string; readonly name: string } {
  const at = methodName.indexOf(IN_COMPONENT);
  if (at < 0) return { name: methodName };
  return { component: methodName.slice(0, at), name: methodName.slice(at + 1) };
}

/** As devices hear it. */
function methodName({ component, name }: { readonly component?: string | undefined; readonly name: string }): string {
  return component === undefined ? name : `${component}${IN_COMPONENT}${name}`;
}
