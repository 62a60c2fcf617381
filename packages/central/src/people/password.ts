import { hash, verify } from '@node-rs/argon2';
import { HubError, LIMITS } from '@viaduct/contracts';

/**
 * argon2id, above the floor that OWASP's password storage cheat sheet sets (19 MiB, 2 passes, 1 lane).
 * `memoryCost` is in KiB. The algorithm is the library's default.
 */
const ARGON2ID = { memoryCost: 32_768, timeCost: 3, parallelism: 1 } as const;

/** A password nobody has: what an unknown user's attempt is compared with, so that it takes as long as a known one's. */
const NOBODY = 'nobody has this one';

/**
 * Hashes passwords one at a time. Each occupies 32 MiB and one of Node's four pool threads, which the event log needs for
 * its `fdatasync`: a crowd at the sign-in page must not slow down the devices.
 */
export class PasswordHasher {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #hashOfNobody: Promise<string> | undefined;

  /** @throws HubError quota.exceeded (retry) */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(canonical(password), ARGON2ID));
  }

  /**
   * Whether the password fits; `undefined` for a user who does not exist, which takes as long and is false.
   *
   * @throws HubError quota.exceeded (retry)
   */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    this.#hashOfNobody ??= hash(NOBODY, ARGON2ID);
    const compared = passwordHash ?? (await this.#hashOfNobody);
    const fits = await this.#inTurn(() => verify(compared, canonical(password)));
    return fits && passwordHash !== undefined;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= LIMITS.PASSWORD_CHECKS_WAITING_MAX) {
      throw new HubError('quota.exceeded', 'too many people are signing in at once');
    }
    this.#waiting += 1;
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine.finally(() => {
      this.#waiting -= 1;
    });
  }
}

/** @throws HubError argument.invalid */
export function requireGoodPassword(password: string, userName: string): void {
  const characters = [...password].length;
  if (characters < LIMITS.PASSWORD_CHARACTERS_MIN) {
    throw invalid(`the password has ${characters} characters; it needs at least ${LIMITS.PASSWORD_CHARACTERS_MIN}`);
  }
  if (characters > LIMITS.PASSWORD_CHARACTERS_MAX) {
    throw invalid(`the password has ${characters} characters; at most ${LIMITS.PASSWORD_CHARACTERS_MAX} are accepted`);
  }
  if (password.toLowerCase() === userName.toLowerCase()) {
    throw invalid('the password must not be the user name');
  }
  if (new Set(password).size === 1) throw invalid('the password repeats a single character');
}

/** The same text typed on another keyboard may be other code points. Source: NIST SP 800-63B §5.1.1.2. */
function canonical(password: string): string {
  return password.normalize('NFKC');
}

function invalid(message: string): HubError {
  return new HubError('argument.invalid', message);
}
