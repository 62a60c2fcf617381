import assert from 'node:assert/strict';
import type { webcrypto } from 'node:crypto';
import type { MakesRandomness, TellsTime } from '@viaduct/hub';
import type { AuthorityRecord, AuthorityStore, IssuingAuthority } from '../ports.ts';
import { importSigningKey, makeIssuing, makeRoot } from './sign-certificates.ts';
import type { TrustsAuthorities } from './trust-at-hub.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const ROOT_YEARS = 30;
const ISSUING_YEARS = 15;
/** An authority signs this long and outlives what it signed: no policy asks for more than the ten years that then remain. */
const SIGNS_YEARS = 5;

/** The authority that signs now, with its key. */
export interface Signer {
  readonly record: AuthorityRecord;
  readonly root: AuthorityRecord;
  readonly signingKey: webcrypto.CryptoKey;
}

/**
 * Our own authorities: a root, and below it the one that signs devices.
 *
 *     none ──first need──► signs 5 years ──► trusted, signs no more ──its last certificate ran out──► gone
 *                              └────────── the next one is made ──────────►
 *
 * Invariants
 *  1. An authority signs only while the hub of this server trusts it.
 *  2. The hub trusts each authority as long as anything it signed may hold (`leavesUntil`, on disk before the certificate is made).
 *  3. Nothing is made before somebody needs it: a server that issues no certificates has no authority.
 */
export class IssuingAuthorities {
  readonly #p: TellsTime & MakesRandomness;
  readonly #store: AuthorityStore;
  readonly #hub: TrustsAuthorities;
  #known: readonly AuthorityRecord[] | undefined;
  #signingKey: { readonly id: number; readonly key: webcrypto.CryptoKey } | undefined;
  /** One change at a time: two first needs make one authority. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(p: TellsTime & MakesRandomness, store: AuthorityStore, hub: TrustsAuthorities) {
    this.#p = p;
    this.#store = store;
    this.#hub = hub;
  }

  /**
   * Who signs a certificate that holds until `notAfter`, ms since 1970. Trusted by the hub, and kept that long.
   *
   * @throws HubError certificate.tooMany: the hub has no room for another authority; store.unavailable (retry)
   */
  signer(notAfter: number): Promise<Signer> {
    return this.#inTurn(async () => {
      const record = (await this.#findCurrent()) ?? (await this.#makeCurrent());
      await this.#hub.trust(record);
      await this.#keepUntil(record, Math.min(notAfter, record.validTo));
      return { record, root: await this.#rootOf(record), signingKey: await this.#keyOf(record) };
    });
  }

  /** The one that signs now; made when there is none. */
  current(): Promise<AuthorityRecord> {
    return this.#inTurn(async () => (await this.#findCurrent()) ?? (await this.#makeCurrent()));
  }

  /** The newest first. */
  async list(): Promise<readonly IssuingAuthority[]> {
    const records = await this.#list();
    const issuing = records.filter(({ rootId }) => rootId !== null).reverse();
    return Promise.all(
      issuing.map(async (record) => {
        const { pem, validFrom, validTo, leavesUntil } = record;
        return { pem, rootPem: (await this.#rootOf(record)).pem, validFrom, validTo, leavesUntil };
      }),
    );
  }

  /** Sees that the hub trusts whose certificates may still hold, and lets go of the others but the one that signs. */
  maintain(): Promise<void> {
    return this.#inTurn(async () => {
      const now = this.#p.clock.now();
      const records = await this.#list();
      const issuing = records.filter(({ rootId }) => rootId !== null);
      for (const record of issuing) {
        if (record.leavesUntil > now) await this.#hub.trust(record);
        else if (record !== issuing.at(-1)) await this.#retire(record);
      }
    });
  }

  async #findCurrent(): Promise<AuthorityRecord | undefined> {
    const newest = (await this.#list()).findLast(({ rootId }) => rootId !== null);
    const isOld = newest !== undefined && this.#p.clock.now() >= newest.validFrom + SIGNS_YEARS * YEAR_MS;
    return isOld ? undefined : newest;
  }

  async #makeCurrent(): Promise<AuthorityRecord> {
    const now = this.#p.clock.now();
    const validity = { validFrom: wholeSecond(now - DAY_MS), validTo: wholeSecond(now + ISSUING_YEARS * YEAR_MS) };
    const newestRoot = (await this.#list()).findLast(({ rootId }) => rootId === null);
    const lasts = newestRoot !== undefined && newestRoot.validTo >= validity.validTo;
    const root = lasts ? newestRoot : await this.#insert(await makeRoot(this.#p.random, rootValidity(now)));
    return this.#insert(await makeIssuing(this.#p.random, root, validity));
  }

  async #insert(record: Omit<AuthorityRecord, 'id'>): Promise<AuthorityRecord> {
    const before = await this.#list();
    const inserted = await this.#store.insert(record);
    this.#known = [...before, inserted];
    return inserted;
  }

  /** To the end of that day, so that a day's certificates cost one write. */
  async #keepUntil(record: AuthorityRecord, notAfter: number): Promise<void> {
    if (record.leavesUntil >= notAfter) return;
    const leavesUntil = Math.ceil(notAfter / DAY_MS) * DAY_MS;
    await this.#store.extend(record.id, leavesUntil);
    this.#known = (await this.#list()).map((one) => (one.id === record.id ? { ...one, leavesUntil } : one));
  }

  async #retire(record: AuthorityRecord): Promise<void> {
    await this.#hub.distrust(record);
    await this.#store.remove(record.id);
    this.#known = (await this.#list()).filter(({ id }) => id !== record.id);
  }

  async #rootOf({ rootId }: AuthorityRecord): Promise<AuthorityRecord> {
    const root = (await this.#list()).find(({ id }) => id === rootId);
    assert(root !== undefined, 'a root is kept as long as what it signed');
    return root;
  }

  async #keyOf({ id, privateKey }: AuthorityRecord): Promise<webcrypto.CryptoKey> {
    if (this.#signingKey?.id === id) return this.#signingKey.key;
    const key = await importSigningKey(privateKey);
    this.#signingKey = { id, key };
    return key;
  }

  /** Nobody else writes them. */
  async #list(): Promise<readonly AuthorityRecord[]> {
    this.#known ??= await this.#store.list();
    return this.#known;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    // Whoever asked hears of the failure; the next one's turn comes all the same.
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function rootValidity(now: number): { validFrom: number; validTo: number } {
  return { validFrom: wholeSecond(now - DAY_MS), validTo: wholeSecond(now + ROOT_YEARS * YEAR_MS) };
}

function wholeSecond(time: number): number {
  return Math.floor(time / 1_000) * 1_000;
}
