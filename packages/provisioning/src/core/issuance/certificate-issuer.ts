import { HubError } from '@viaduct/contracts';
import { type MakesRandomness, type OnFault, RepeatingTask, type TellsTime, warnOfFault } from '@viaduct/hub';
import type {
  AuthorityStore,
  CredentialPolicyRecord,
  IssuedChain,
  IssuesCertificates,
  IssuingAuthority,
  KeepsCredentialPolicies,
} from '../ports.ts';
import { getCredentialPolicy } from './credential-policy.ts';
import { IssuingAuthorities } from './issuing-authorities.ts';
import { type CertificateRequest, readCertificateRequest } from './read-certificate-request.ts';
import { derOf, signLeaf, thumbprintOf } from './sign-certificates.ts';
import type { TrustsAuthorities } from './trust-at-hub.ts';

const DAY_MS = 86_400_000;
/** A device whose clock is a little behind must not find its certificate not yet valid. */
const BACKDATED_MS = 5 * 60_000;
const MAINTAIN_MS = 3_600_000;

export interface CertificateIssuerOptions {
  readonly authorities: AuthorityStore;
  readonly hub: TrustsAuthorities;
  readonly onFault?: OnFault;
}

type Issuer = IssuesCertificates['issuer'];
type Request = Parameters<Issuer['issue']>[0];

/** Signs what devices ask for with an authority of our own. Every hour it sees that the hub still trusts what was signed. */
export class CertificateIssuer implements Issuer {
  readonly #p: KeepsCredentialPolicies & TellsTime & MakesRandomness;
  readonly #store: AuthorityStore;
  readonly #authorities: IssuingAuthorities;
  readonly #onFault: OnFault;
  readonly #upkeep: RepeatingTask;

  private constructor(p: KeepsCredentialPolicies & TellsTime & MakesRandomness, options: CertificateIssuerOptions) {
    this.#p = p;
    this.#store = options.authorities;
    this.#authorities = new IssuingAuthorities(p, options.authorities, options.hub);
    this.#onFault = options.onFault ?? warnOfFault;
    this.#upkeep = new RepeatingTask(() => this.#maintain(), MAINTAIN_MS, this.#onFault);
  }

  /** Before devices come: those with a certificate of ours must be let in. Where the hub has no room, the server starts all the same. */
  static async open(
    p: KeepsCredentialPolicies & TellsTime & MakesRandomness,
    options: CertificateIssuerOptions,
  ): Promise<CertificateIssuer> {
    const issuer = new CertificateIssuer(p, options);
    await issuer.#maintain().catch(issuer.#onFault);
    return issuer;
  }

  async close(): Promise<void> {
    await this.#upkeep.close();
  }

  async issue({ policyName, commonName, deviceId = commonName, csr }: Request): Promise<IssuedChain> {
    const policy = await getCredentialPolicy(this.#p, policyName);
    const request = readCertificateRequest(csr);
    requireName(request, commonName, deviceId);
    requireKeyType(request, policy);
    const now = this.#p.clock.now();
    const wanted = now + policy.validityDays * DAY_MS;
    const { record, root, signingKey } = await this.#authorities.signer(wanted);
    const validTo = wholeSecond(Math.min(wanted, record.validTo));
    const leaf = await signLeaf(this.#p.random, {
      commonName: deviceId,
      publicKey: request.publicKey,
      issuerPem: record.pem,
      signingKey,
      validFrom: wholeSecond(Math.max(now - BACKDATED_MS, record.validFrom)),
      validTo,
    });
    await this.#store.saveIssued({ registrationId: commonName, deviceId, validTo });
    return {
      chain: [leaf, derOf(record.pem), derOf(root.pem)].map((der) => der.toString('base64')),
      thumbprint: thumbprintOf(leaf),
      notAfter: validTo,
    };
  }

  readonly issuingCertificate = async (): Promise<string> => (await this.#authorities.current()).pem;

  authorities(): Promise<readonly IssuingAuthority[]> {
    return this.#authorities.list();
  }

  async registrationsOf(deviceId: string): Promise<readonly string[]> {
    const now = this.#p.clock.now();
    const issued = await this.#store.issuedTo(deviceId);
    return issued.filter(({ validTo }) => validTo > now).map(({ registrationId }) => registrationId);
  }

  async #maintain(): Promise<void> {
    await this.#store.removeIssued(this.#p.clock.now());
    await this.#authorities.maintain();
  }
}

function requireName({ commonName }: CertificateRequest, registrationId: string, deviceId: string): void {
  if (commonName === registrationId || commonName === deviceId) return;
  const wanted = registrationId === deviceId ? `"${deviceId}"` : `"${registrationId}" or "${deviceId}"`;
  throw new HubError(
    'csr.invalid',
    `the common name of the certificate request is ${JSON.stringify(commonName.slice(0, 140))}, not ${wanted}`,
  );
}

function requireKeyType({ keyType }: CertificateRequest, { name, keyTypes }: CredentialPolicyRecord): void {
  if (keyTypes.includes(keyType)) return;
  throw new HubError(
    'csr.invalid',
    `the key of the certificate request is ${keyType}; the policy "${name}" takes ${keyTypes.join(', ')}`,
  );
}

function wholeSecond(time: number): number {
  return Math.floor(time / 1_000) * 1_000;
}
