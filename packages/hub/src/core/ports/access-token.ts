import type { AccessRole } from '@viaduct/contracts';

/** A bearer token that lets a back end do what its role says. Times are ms since 1970. */
export interface AccessTokenRecord {
  /** Chosen by the operator; unique without regard to case. */
  readonly name: string;
  readonly role: AccessRole;
  /** SHA-256 of the token: the token itself is kept nowhere. */
  readonly hash: Buffer;
  readonly createdTime: number;
  readonly createdBy: string;
  readonly expiryTime: number;
  /** 0 for never. */
  readonly lastUsedTime: number;
}

export interface AccessTokenStore {
  /** By name. */
  list(): Promise<readonly AccessTokenRecord[]>;
  findByHash(hash: Buffer): Promise<AccessTokenRecord | undefined>;
  /** False when the name is taken. */
  insert(record: AccessTokenRecord): Promise<boolean>;
  /** False when there is none of this name. */
  remove(name: string): Promise<boolean>;
  /** Nothing happens when it is gone. */
  saveUse(name: string, time: number): Promise<void>;
}

export interface KeepsAccessTokens {
  readonly accessTokens: AccessTokenStore;
}
