import type { ConnectionHandler, ServeOptions } from './engine.ts';
import type { GuardedSocket } from './guarded-socket.ts';

/** A mechanism as rhea's SASL server drives it: `outcome` is read when what `start` returned has settled. */
interface ServerMechanism {
  outcome: boolean | undefined;
  username: string | undefined;
  start(response: Buffer | undefined): Promise<void>;
}

/**
 * The mechanisms a peer may choose from, in the order in which they are offered.
 *
 * ANONYMOUS and MSSBCBS say nothing about the peer: it puts a token later. EXTERNAL points to the client certificate of the
 * TLS handshake, whose owner a link will name. PLAIN brings a user name and a token or key.
 */
export function saslMechanisms(
  options: ServeOptions,
  socket: GuardedSocket,
  handler: ConnectionHandler,
): Record<string, () => ServerMechanism> {
  const open = () => mechanism(socket, async () => true);
  const plain = () => mechanism(socket, (response) => decidePlain(response, handler));
  return {
    ...(options.hasClientCertificate ? { EXTERNAL: open } : {}),
    MSSBCBS: open,
    PLAIN: plain,
    ANONYMOUS: open,
  };
}

function mechanism(socket: GuardedSocket, decide: (response: Buffer | undefined) => Promise<boolean>): ServerMechanism {
  return {
    outcome: undefined,
    username: undefined,
    start(response) {
      const decided = decide(response).then((allowed) => {
        this.outcome = allowed;
      });
      socket.saslAnsweredBy(decided.then(() => this.outcome === true));
      return decided;
    },
  };
}

/** `authorization id NUL user NUL password`. Source: RFC 4616. */
async function decidePlain(response: Buffer | undefined, handler: ConnectionHandler): Promise<boolean> {
  const [, userName, password] = (response ?? Buffer.alloc(0)).toString('utf8').split('\0');
  if (userName === undefined || password === undefined) return false;
  return await handler.authenticatePlain(userName, password);
}
