import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { readJson, readNumber } from '../read-json.ts';
import { twinPath } from '../registry.ts';

interface Options extends CommonOptions {
  readonly timeout: string;
  readonly connectTimeout: string;
}

/** From this on, a device says by its status that it refused. */
const REFUSED_STATUS_MIN = 400;

export function invoke(context: CliContext): Command {
  return withServer(new Command('invoke'))
    .argument('<deviceId>', 'id of the device')
    .argument('<method>', 'name of the direct method')
    .argument('[payload]', 'JSON value', 'null')
    .description('call a direct method and print the answer')
    .option('--timeout <seconds>', 'longest wait for the answer', String(LIMITS.METHOD_RESPONSE_SECONDS_DEFAULT))
    .option('--connect-timeout <seconds>', 'longest wait for the device to connect', '0')
    .action((deviceId: string, method: string, payload: string, options: Options) => {
      const body = { methodName: method, payload: readJson('the payload', payload), ...timeouts(options) };
      return onServer(context, options, async ({ rest, output }) => {
        const call = rest.send({ method: 'POST', path: `${twinPath(deviceId)}/methods`, body });
        const answer = await output.waiting(`waiting for ${deviceId}`, call);
        const { status = 0, payload: result } = answer as { status?: number; payload?: unknown };
        if (status >= REFUSED_STATUS_MIN) context.setExitCode(ExitCode.refused);
        output.answer({ status, payload: result }, () => `${status} ${JSON.stringify(result, null, 2)}`);
      });
    });
}

function timeouts({ timeout, connectTimeout }: Options) {
  const { METHOD_RESPONSE_SECONDS_MIN: min, METHOD_RESPONSE_SECONDS_MAX: max, METHOD_CONNECT_SECONDS_MAX } = LIMITS;
  return {
    responseTimeoutInSeconds: readNumber('--timeout', timeout, { min, max, whole: true }),
    connectTimeoutInSeconds: readNumber('--connect-timeout', connectTimeout, {
      min: 0,
      max: METHOD_CONNECT_SECONDS_MAX,
      whole: true,
    }),
  };
}
