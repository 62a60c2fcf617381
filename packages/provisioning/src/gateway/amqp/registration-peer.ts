import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import type {
  AmqpError,
  AmqpMessage,
  AttachRequest,
  GuestPeer,
  GuestSocket,
  SaslExchange,
  ServerConnection,
} from '@viaduct/hub';
import { bookRefusal } from '../../core/attestation/authenticate-registration.ts';
import type { RegistrationRecord } from '../../core/ports.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import { getOperation, getRegistrationState } from '../../core/registration/get-registration.ts';
import type { RegistrationCaller, RegistrationCredential } from '../../core/registration/register.ts';
import { registerDevice } from '../../core/registration/register-device.ts';
import { parseStorageKey } from '../../core/tpm/storage-key.ts';
import { makeTpmChallenge } from '../../core/tpm/tpm-challenge.ts';
import { reachedBy } from '../reached-by.ts';
import { operationDocument } from '../registration-document.ts';
import { isSameName, parseRegistrationAddress, type RegistrationName, textOf } from './registration-address.ts';
import type { RegistrationAnswer } from './registration-answer.ts';
import { registrationError } from './registration-error.ts';
import { RegistrationLinks } from './registration-links.ts';
import { parseRegistrationOperation, type RegistrationOperation } from './registration-operation.ts';
import { type TpmClaimant, TpmExchange } from './tpm-exchange.ts';

/** What all connections of one gateway share. */
export interface RegistrationPeerContext {
  readonly provisioning: Provisioning;
  readonly onFault: (fault: unknown) => void;
}

/**
 * One connection of a device that registers.
 *
 *     named (SASL user │ SASL TPM │ first link) ─► links ─► requests, each judged by the core
 *
 * Invariants
 *  1. A connection is for one registration: all its links have that address.
 *  2. SASL lets everybody on who says what it wants to hear, for it cannot say why not: a credential is judged with each request, and
 *     refused in words.
 *  3. It lasts LIMITS.PROVISIONING_FIRST_REQUEST_SECONDS_MAX until a request was let in, then LIMITS.PROVISIONING_CONNECTION_SECONDS_MAX.
 */
export class RegistrationPeer implements GuestPeer {
  readonly #context: RegistrationPeerContext;
  readonly #connection: ServerConnection;
  readonly #socket: GuestSocket;
  readonly #reachedBy: string | null;
  readonly #onEnded: () => void;
  readonly #links: RegistrationLinks;
  readonly #isFull: boolean;
  #name: RegistrationName | undefined;
  #credential: RegistrationCredential;
  #isLetIn = false;
  #timer: NodeJS.Timeout;

  /** `isFull`: there are too many already, and this one is told so. */
  constructor(
    context: RegistrationPeerContext,
    connection: ServerConnection,
    socket: GuestSocket,
    { isFull, onEnded }: { readonly isFull: boolean; readonly onEnded: () => void },
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#socket = socket;
    this.#isFull = isFull;
    this.#onEnded = onEnded;
    this.#reachedBy = reachedBy(socket.tlsSocket);
    this.#credential = { token: undefined, certificate: socket.certificate };
    this.#links = new RegistrationLinks({
      answer: (message, apiVersion) => this.#answer(message, apiVersion),
      refuse: (delivery, thrown) => delivery.reject(this.#errorOf(thrown)),
    });
    this.#timer = this.#closeAfter(LIMITS.PROVISIONING_FIRST_REQUEST_SECONDS_MAX);
  }

  async authenticatePlain(userName: string, password: string): Promise<boolean> {
    this.#name = parseRegistrationAddress(userName);
    this.#credential = { ...this.#credential, token: password === '' ? undefined : password };
    return this.#name !== undefined;
  }

  beginExchange(): SaslExchange {
    return new TpmExchange({
      challenge: (claimant) => this.#challenge(claimant),
      named: ({ idScope, registrationId, ...tpm }, token) => {
        this.#name = { idScope, registrationId };
        this.#credential = { ...this.#credential, token, tpm };
      },
      refused: (thrown, claimed) => {
        this.#name = claimed;
        this.#failed(thrown);
      },
    });
  }

  attached(request: AttachRequest): void {
    if (this.#isFull) throw new HubError('connection.tooMany', 'too many devices register at this time');
    try {
      this.#requireOwnLink(request);
      this.#links.attach(request);
    } catch (thrown) {
      request.refuse(this.#errorOf(thrown));
    }
  }

  ended(fault: unknown): void {
    clearTimeout(this.#timer);
    if (fault !== undefined && !isSocketError(fault)) this.#failed(fault);
    this.#onEnded();
  }

  close(reason: HubError): void {
    this.#connection.close({ ...this.#errorOf(reason), condition: reason.row.amqp });
  }

  /** @throws HubError link.addressUnknown, credential.wrongResource, connection.tooMany */
  #requireOwnLink({ address = '' }: AttachRequest): void {
    const name = parseRegistrationAddress(address);
    if (name === undefined) {
      throw new HubError(
        'link.addressUnknown',
        `nothing is at "${address.slice(0, 160)}": the provisioning service is at {idScope}/registrations/{registrationId}`,
      );
    }
    this.#name ??= name;
    if (!isSameName(name, this.#name)) {
      throw new HubError('credential.wrongResource', `this connection is for "${textOf(this.#name)}" alone`);
    }
    if (this.#connection.linkCount > LIMITS.PROVISIONING_LINKS_MAX) {
      throw new HubError('connection.tooMany', `more than ${LIMITS.PROVISIONING_LINKS_MAX} links of one registration`);
    }
  }

  /** Whether the device is enrolled is asked when it registers: the challenge is of use to its TPM alone. */
  #challenge({ registrationId, ...tpm }: TpmClaimant): Buffer {
    return makeTpmChallenge(this.#context.provisioning, {
      registrationId,
      endorsementKey: parseStorageKey('endorsementKey', tpm.endorsementKey),
      storageRootKey: parseStorageKey('storageRootKey', tpm.storageRootKey),
    });
  }

  async #answer(message: AmqpMessage, apiVersion: string | null): Promise<Omit<RegistrationAnswer, 'correlationId'>> {
    const name = this.#name as RegistrationName;
    const operation = parseRegistrationOperation(message, name.registrationId);
    const record = await this.#serve(operation, this.#callerAs(name, apiVersion));
    this.#letIn();
    return {
      retryAfterSeconds: record.status === 'assigning' ? this.#context.provisioning.retryAfterSeconds : undefined,
      body: Buffer.from(JSON.stringify(operationDocument(record))),
    };
  }

  #serve(operation: RegistrationOperation, caller: RegistrationCaller): Promise<RegistrationRecord> {
    const { provisioning } = this.#context;
    switch (operation.kind) {
      case 'register':
        return registerDevice(provisioning, caller, operation.request);
      case 'poll':
        return getOperation(provisioning, caller, operation.operationId);
      case 'lookup':
        return getRegistrationState(provisioning, caller, operation.request);
      default:
        return operation satisfies never;
    }
  }

  #callerAs(name: RegistrationName, apiVersion: string | null): RegistrationCaller {
    const { transport, remoteAddress } = this.#socket;
    return {
      ...name,
      credential: this.#credential,
      transport,
      remoteAddress,
      reachedBy: this.#reachedBy,
      apiVersion,
    };
  }

  // ---- how long, and what went wrong -----------------------------------------------------------------------------------

  #letIn(): void {
    if (this.#isLetIn) return;
    this.#isLetIn = true;
    clearTimeout(this.#timer);
    this.#timer = this.#closeAfter(LIMITS.PROVISIONING_CONNECTION_SECONDS_MAX);
  }

  #closeAfter(seconds: number): NodeJS.Timeout {
    const reason = () => new HubError('connection.slow', `${seconds} s are enough to register; connect again for more`);
    return setTimeout(() => this.close(reason()), seconds * 1_000).unref();
  }

  #errorOf(thrown: unknown): AmqpError {
    const { provisioning, onFault } = this.#context;
    if (asHubError(thrown).code === 'server.fault') onFault(thrown);
    return registrationError(provisioning, thrown);
  }

  /** What the core was not asked about is booked here. */
  #failed(thrown: unknown): void {
    const { provisioning, onFault } = this.#context;
    const refusal = asHubError(thrown);
    const name = this.#name ?? { idScope: '', registrationId: '' };
    if (refusal.code === 'server.fault') onFault(thrown);
    else bookRefusal(provisioning, this.#callerAs(name, null), undefined, refusal);
  }
}

/** Peers vanish; that is nobody's fault. */
function isSocketError(fault: unknown): boolean {
  return fault instanceof Error && !(fault instanceof HubError) && 'code' in fault && typeof fault.code === 'string';
}
