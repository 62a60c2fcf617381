import { ERRORS, type ErrorCode, HubError } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';
import { explainFailure } from './explain-failure.ts';
import { refusal } from './rest-client.ts';

const named = (name: string, message: string, extra = {}) => Object.assign(new Error(message), { name, ...extra });

describe('explainFailure', () => {
  it("gives every row of the error table an exit code and the row's advice", () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const failure = explainFailure(new HubError(code, 'why'));
      expect(failure).toMatchObject({ code, message: 'why', advice: ERRORS[code].advice });
      expect([ExitCode.refused, ExitCode.unreachable, ExitCode.notFound]).toContain(failure.exitCode);
    }
  });

  it('finds the broken connection inside what wraps it', () => {
    const refused = named('Error', 'connect ECONNREFUSED ::1:443', { code: 'ECONNREFUSED' });
    expect(explainFailure(new AggregateError([refused])).exitCode).toBe(ExitCode.unreachable);
    expect(explainFailure(new Error('outer', { cause: refused })).exitCode).toBe(ExitCode.unreachable);
    expect(explainFailure(named('NotConnectedError', 'x', { innerError: refused })).message).toContain('ECONNREFUSED');
  });

  it('tells what to trust when a certificate is not', () => {
    const failure = explainFailure(named('Error', 'self-signed', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }));
    expect(failure).toMatchObject({ exitCode: ExitCode.unreachable });
    expect(failure.advice).toContain('--ca');
  });

  it('understands the errors of both service SDKs', () => {
    expect(explainFailure(named('UnauthorizedError', 'no')).exitCode).toBe(ExitCode.refused);
    expect(explainFailure(named('DeviceNotFoundError', 'no')).exitCode).toBe(ExitCode.notFound);
    expect(explainFailure(named('MessagingError', 'no', { code: 'UnauthorizedError' })).exitCode).toBe(
      ExitCode.refused,
    );
  });

  it('finds what the server said inside what azure-iothub makes of it', () => {
    const amqpError = named('UnauthorizedError', '401002 the token is not signed with a key of policy "iothubowner"');
    const failure = explainFailure(named('Error', 'AMQP Transport: Could not connect', { amqpError }));
    expect(failure).toMatchObject({ exitCode: ExitCode.refused, message: amqpError.message });
    const notFound = { condition: 'amqp:not-found', description: 'device nobody is not registered' };
    const wrapped = named('DeviceNotFoundError', 'AMQP Transport: Could not send message', { amqpError: notFound });
    expect(explainFailure(wrapped)).toMatchObject({ exitCode: ExitCode.notFound, message: notFound.description });
  });

  it("keeps the server's exit code when it cannot start", () => {
    expect(explainFailure(named('StartFault', 'bad flag', { exitCode: 2 })).exitCode).toBe(ExitCode.usage);
  });

  it('calls anything else a bug, with its stack', () => {
    const failure = explainFailure(new TypeError('x is not a function'));
    expect(failure.exitCode).toBe(ExitCode.fault);
    expect(failure.message).toContain('explain-failure.test.ts');
  });
});

describe('refusal', () => {
  it('is the row of the table whose name and status it has', () => {
    const thrown = refusal(404, undefined, { Message: 'ErrorCode:DeviceNotFound;no pump-1' });
    expect(thrown).toMatchObject({ code: 'device.notFound', message: 'no pump-1' });
  });

  it('takes the name from the header first', () => {
    expect(refusal(504, 'GatewayTimeout', { Message: 'late' })).toMatchObject({ code: 'method.timeout' });
  });

  it("unwraps a direct method's refusal, which has its text one layer deeper", () => {
    const body = {
      Message: JSON.stringify({ errorCode: 404103, message: 'asleep is not connected' }),
      ExceptionMessage: '',
    };
    expect(refusal(404, 'DeviceNotOnline', body)).toMatchObject({
      code: 'device.notOnline',
      message: 'asleep is not connected',
    });
  });

  it('does not guess between rows that share a name', () => {
    const thrown = refusal(401, 'IotHubUnauthorizedAccess', { Message: 'ErrorCode:IotHubUnauthorizedAccess;why' });
    expect(thrown).toBeInstanceOf(CliFailure);
    expect(explainFailure(thrown)).toMatchObject({ exitCode: ExitCode.refused, message: 'why' });
  });

  it('shows the text of something that is not a hub', () => {
    expect(explainFailure(refusal(502, undefined, '<html>Bad Gateway</html>'))).toMatchObject({
      exitCode: ExitCode.unreachable,
      message: '<html>Bad Gateway</html>',
    });
    expect(refusal(404, undefined, undefined).message).toBe('the server answered 404');
  });
});
