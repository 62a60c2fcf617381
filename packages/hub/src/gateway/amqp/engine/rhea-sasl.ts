import type { ConnectionHandler, SaslExchange, SaslStep, ServeOptions } from './engine.ts';
import type { GuardedSocket } from './guarded-socket.ts';

/**
 * A mechanism as rhea's SASL server drives it. When what `start` or `step` returned has settled, `outcome` is read: true and false end
 * the exchange, undefined sends what came as the next challenge.
 */
interface ServerMechanism {
  outcome: boolean | undefined;
  username: string | undefined;
  start(response: Buffer | undefined): Promise<Buffer | undefined>;
  step(response: Buffer | undefined): Promise<Buffer | undefined>;
}

/**
 * The mechanisms a peer may choose from, in the order in which they are offered.
 *
 * ANONYMOUS and MSSBCBS say nothing about the peer: it puts a token later. EXTERNAL points to the client certificate of the
 * TLS handshake, whose owner a link will name. PLAIN brings a user name and a token or key. What a guest of the gateway wants comes
 * last: clients that take the first they know, and those that look for theirs, choose as if it were not there.
 */
export function saslMechanisms(
  options: ServeOptions,
  socket: GuardedSocket,
  handler: ConnectionHandler,
): Record<string, () => ServerMechanism> {
  const open = () =>
    mechanism(
      socket,
      inOneStep(async () => true),
    );
  const plain = () =>
    mechanism(
      socket,
      inOneStep((response) => decidePlain(response, handler)),
    );
  const exchange = (name: string) => () =>
    mechanism(socket, handler.beginExchange?.(name) ?? inOneStep(async () => false));
  return {
    ...(options.hasClientCertificate ? { EXTERNAL: open } : {}),
    MSSBCBS: open,
    PLAIN: plain,
    ANONYMOUS: open,
    ...Object.fromEntries((options.exchanges ?? []).map((name) => [name, exchange(name)])),
  };
}

function mechanism(socket: GuardedSocket, exchange: SaslExchange): ServerMechanism {
  const served: ServerMechanism = { outcome: undefined, username: undefined, start: take, step: take };
  return served;

  function take(response: Buffer | undefined): Promise<Buffer | undefined> {
    const stepped = exchange.step(response ?? Buffer.alloc(0));
    const answered = stepped.then((step) => {
      if (step.kind === 'challenge') return step.challenge;
      served.outcome = step.kind === 'allowed';
      return undefined;
    });
    socket.saslAnsweredBy(stepped.then(({ kind }) => kind));
    return answered;
  }
}

function inOneStep(decide: (response: Buffer) => Promise<boolean>): SaslExchange {
  return {
    step: async (response): Promise<SaslStep> => ((await decide(response)) ? { kind: 'allowed' } : { kind: 'refused' }),
  };
}

/** `authorization id NUL user NUL password`. Source: RFC 4616. */
async function decidePlain(response: Buffer, handler: ConnectionHandler): Promise<boolean> {
  const [, userName, password] = response.toString('utf8').split('\0');
  if (userName === undefined || password === undefined) return false;
  return await handler.authenticatePlain(userName, password);
}
