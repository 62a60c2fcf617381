import { HubError } from '@viaduct/contracts';
import type { SaslExchange, SaslStep } from '@viaduct/hub';
import type { RegistrationName } from './registration-address.ts';
import { parseTpmInit, parseTpmResponse, TPM_FIRST_CHALLENGE, type TpmInit, tpmChallenges } from './tpm-sasl.ts';

/** Who is at the other end of the exchange, as far as it said so by now. */
export interface TpmClaimant extends RegistrationName {
  /** Base64 of marshalled TPM2B_PUBLIC. */
  readonly endorsementKey: string;
  readonly storageRootKey: string;
}

/** Who hears of it. */
export interface TpmHost {
  /** The key to sign with, wrapped for the keys that the device named. @throws HubError tpm.* when they are none */
  challenge(claimant: TpmClaimant): Buffer;
  /** The device went through all steps. What its token is worth is not decided here. */
  named(claimant: TpmClaimant, token: string): void;
  /** The exchange ended before that. */
  refused(thrown: unknown, claimed: RegistrationName | undefined): void;
}

type State =
  | { readonly kind: 'begun' }
  | { readonly kind: 'asked'; readonly init: TpmInit }
  | { readonly kind: 'challenged'; readonly claimant: TpmClaimant; readonly pieces: readonly Buffer[] };

/**
 * One device that says it has a TPM: it is given a key that only that TPM can use, and brings a token that is signed with it.
 *
 *     begun ─ init ─► asked ─ storage root key ─► challenged ─ zero byte (each piece but the last) ─► … ─ token ─► allowed
 *
 * Whoever keeps to the steps is let on, enrolled or not, as with PLAIN: what is wrong with the token is said when it is used. One client
 * that is refused before it has its challenge waits forever. Anything else at any time ends the exchange: refused. The engine takes no more of a peer that was, and waits for nobody longer than
 * LIMITS.AMQP_OPEN_SECONDS_MAX.
 */
export class TpmExchange implements SaslExchange {
  readonly #host: TpmHost;
  #state: State = { kind: 'begun' };

  constructor(host: TpmHost) {
    this.#host = host;
  }

  async step(response: Buffer): Promise<SaslStep> {
    try {
      return this.#taken(response);
    } catch (thrown) {
      this.#host.refused(thrown, this.#claimed);
      return { kind: 'refused' };
    }
  }

  #taken(response: Buffer): SaslStep {
    const state = this.#state;
    switch (state.kind) {
      case 'begun':
        this.#state = { kind: 'asked', init: parseTpmInit(response) };
        return { kind: 'challenge', challenge: TPM_FIRST_CHALLENGE };
      case 'asked':
        return this.#challenged(state.init, parseTpmResponse(response));
      case 'challenged':
        return this.#answered(state, parseTpmResponse(response));
      default:
        return state satisfies never;
    }
  }

  #challenged({ endorsementKey, ...name }: TpmInit, storageRootKey: Buffer): SaslStep {
    const claimant = {
      ...name,
      endorsementKey: endorsementKey.toString('base64'),
      storageRootKey: storageRootKey.toString('base64'),
    };
    return this.#send(claimant, tpmChallenges(this.#host.challenge(claimant)));
  }

  #answered({ claimant, pieces }: Extract<State, { kind: 'challenged' }>, said: Buffer): SaslStep {
    if (pieces.length > 0) {
      if (said.length > 0)
        throw new HubError('credential.malformed', 'SASL TPM: an answer before the challenge was whole');
      return this.#send(claimant, pieces);
    }
    this.#host.named(claimant, said.toString('utf8'));
    return { kind: 'allowed' };
  }

  /** The first of `pieces`; the others wait. */
  #send(claimant: TpmClaimant, [challenge, ...pieces]: readonly Buffer[]): SaslStep {
    this.#state = { kind: 'challenged', claimant, pieces };
    return { kind: 'challenge', challenge: challenge as Buffer };
  }

  get #claimed(): RegistrationName | undefined {
    if (this.#state.kind === 'begun') return undefined;
    return this.#state.kind === 'asked' ? this.#state.init : this.#state.claimant;
  }
}
