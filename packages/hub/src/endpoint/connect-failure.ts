import { EndpointFailure } from '../core/routing/endpoint.ts';
import { codeOf, errorsWithin } from './errors-within.ts';

/** What Node says when the peer's certificate is not trusted, in words. Trying again does not help. */
const CERTIFICATE_WORDS: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate was signed by an authority that is not trusted: give it as "ca"',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: give it as "ca"',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate was signed by an authority that is not trusted: give it as "ca"',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate was signed by an authority that is not trusted: give it as "ca"',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate was signed by an authority that is not trusted: give it as "ca"',
  CERT_SIGNATURE_FAILURE: 'its certificate was not signed by the authority given as "ca"',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks',
  INVALID_PURPOSE: 'its certificate was not made for a server',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate was made for another name',
};

/** What may pass by itself: the peer starts, the network comes back. */
const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
};

/**
 * A failure of the network or of TLS as the operator reads it, or undefined when the error is of another sort. Looks through `cause`
 * and `errors`, since every library wraps in its own manner.
 */
export function connectFailure(peer: string, error: unknown): EndpointFailure | undefined {
  for (const within of errorsWithin(error)) {
    const { message } = within;
    const code = codeOf(within);
    const certificate = CERTIFICATE_WORDS[code];
    if (certificate !== undefined) return failure('permanent', `${peer} is not trusted: ${certificate}`, error);
    const network = NETWORK_WORDS[code];
    if (network !== undefined) return failure('transient', `${peer} cannot be reached: ${network}`, error);
    if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
      return failure('permanent', `${peer} does not speak TLS as expected: ${tlsWords(message)}`, error);
  }
  return undefined;
}

/** OpenSSL's line is `number:error:code:library:function:reason:file:line:`. */
function tlsWords(message: string): string {
  return message.split(':')[5] ?? message;
}

function failure(kind: 'transient' | 'permanent', message: string, cause: unknown): EndpointFailure {
  return new EndpointFailure(kind, message, { cause });
}
