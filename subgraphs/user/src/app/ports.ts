import type { EventEnvelope } from '@souk/events';
import type { Account, PostalAddress, Role, Session } from '../domain/account.js';
import type { Email } from '../domain/email.js';
import type { Profile } from '../domain/profile.js';

export interface NewAccount {
  readonly id: string;
  readonly email: Email;
  readonly passwordHash: string;
  readonly emailVerified: boolean;
  readonly roles: readonly Role[];
  readonly profile: Profile;
  readonly createdAt: Date;
}

export interface UserFilter {
  readonly search?: string | undefined;
  readonly role?: Role | undefined;
  readonly isActive?: boolean | undefined;
  readonly createdAfter?: Date | undefined;
}

export interface AccountStore {
  /** Account and event in one statement; false: the address is taken, or was given up lately by an account that may take it back; nothing happened. */
  create(account: NewAccount, events: readonly EventEnvelope[]): Promise<boolean>;
  /** Those that exist, with their addresses. One round trip. */
  readMany(ids: readonly string[]): Promise<Account[]>;
  findByEmail(emailKey: string): Promise<Account | undefined>;
  /** Ends the account's other sessions with it, forgets the failures of this throttle key, and publishes. */
  setPassword(o: {
    id: string;
    passwordHash: string;
    keepSessionId: string;
    throttleKey: Buffer;
    now: Date;
    events: readonly EventEnvelope[];
  }): Promise<void>;
  updateProfile(id: string, profile: Profile): Promise<void>;
  list(o: {
    filter: UserFilter;
    first: number;
    after: readonly [createdAt: string, id: string] | undefined;
  }): Promise<Account[]>;
  count(filter: UserFilter): Promise<number>;
}

export type AddressKind = 'SHIPPING' | 'BILLING';

export interface AddressStore {
  /** The first address becomes the default for everything. False: the account has as many as it can have. */
  create(o: {
    id: string;
    accountId: string;
    address: PostalAddress;
    defaultFor: readonly AddressKind[];
  }): Promise<boolean>;
  /** False: the account has no such address. */
  replace(accountId: string, id: string, address: PostalAddress): Promise<boolean>;
  remove(accountId: string, id: string): Promise<boolean>;
  setDefault(accountId: string, id: string, kind: AddressKind): Promise<boolean>;
}

export interface Attempt {
  /** Set: there were too many failures, this one is not to be tried before. */
  readonly delayedUntil: Date | undefined;
  readonly account: { readonly account: Account; readonly passwordHash: string } | undefined;
}

export type Rotation =
  | {
      readonly outcome: 'ROTATED';
      readonly session: { readonly id: string; readonly secondFactorPassed: boolean };
      readonly account: Account;
    }
  | { readonly outcome: 'UNKNOWN' | 'EXPIRED' | 'REVOKED' | 'REUSED' | 'DISABLED' };

export interface NewSession {
  readonly id: string;
  readonly accountId: string;
  readonly refreshHash: Buffer;
  readonly userAgent: string | null;
  readonly ip: string | null;
  readonly now: Date;
  readonly expiresAt: Date;
}

export interface SessionStore {
  /**
   * Counts the attempt before anything is verified, and answers the account. Failures count for the account at this address, and for the account
   * wherever they come from; an address from which the account has signed in is not held up by the latter. One round trip.
   */
  attempt(o: {
    throttleKey: Buffer;
    emailKey: string;
    attemptId: string;
    now: Date;
    ip: string | null;
  }): Promise<Attempt>;
  /** Opens the session and forgets the failures of this throttle key. One round trip. False: the account has a second factor. */
  create(session: NewSession, throttleKey: Buffer | null): Promise<boolean>;
  /** Forgets the failures of this throttle key. */
  forgive(throttleKey: Buffer): Promise<void>;
  /** Exchanges a refresh token. One round trip; see `session_rotate` in the migration. */
  rotate(o: {
    hash: Buffer;
    newHash: Buffer;
    now: Date;
    graceMs: number;
    expiresAt: Date;
    userAgent: string | null;
    ip: string | null;
  }): Promise<Rotation>;
  /** Live sessions, last used first. */
  list(accountId: string, now: Date): Promise<Session[]>;
  /** False: the account has no such session. */
  revoke(accountId: string, id: string, now: Date): Promise<boolean>;
  revokeAll(accountId: string, except: string | undefined, now: Date): Promise<void>;
}

export interface ConfirmationStore {
  create(o: { hash: Buffer; accountId: string; now: Date; expiresAt: Date }): Promise<void>;
  /** Uses the token up and verifies the address, once. */
  use(hash: Buffer, now: Date): Promise<{ readonly account: Account } | 'INVALID' | 'EXPIRED' | 'DISABLED'>;
}

export type LinkPurpose = 'CONFIRM_EMAIL' | 'RESET_PASSWORD';

/** What is mailed to an address, beside the confirmation of a registration. Each method is one round trip. */
export interface AccountLinks {
  /** An active account of this address, with the number of its last event. */
  find(emailKey: string): Promise<{ readonly id: string; readonly sequence: number } | undefined>;
  /** Notes the request and publishes it, unless the last one was after `notAfter` or there is nothing to ask for. */
  request(o: {
    kind: LinkPurpose;
    accountId: string;
    sequence: number;
    now: Date;
    notAfter: Date;
    events: readonly EventEnvelope[];
  }): Promise<void>;
  /** A token for a new password, as long as one was asked for within its lifetime. False: none was. */
  createReset(o: { accountId: string; hash: Buffer; now: Date; lifetimeMs: number }): Promise<boolean>;
  findByToken(purpose: LinkPurpose, hash: Buffer, now: Date): Promise<Account | 'INVALID' | 'EXPIRED'>;
  /** Everything that a new password means, in one statement. False: the token was used meanwhile. */
  resetPassword(o: {
    hash: Buffer;
    passwordHash: string;
    sequence: number;
    now: Date;
    events: readonly EventEnvelope[];
  }): Promise<boolean>;
}

export interface PasswordHasher {
  /** @throws ClientError RATE_LIMITED when too many hashes are waiting already. */
  hash(password: string): Promise<string>;
  /** Takes the same time with `undefined`, and is then false. @throws like `hash` */
  verify(passwordHash: string | undefined, password: string): Promise<boolean>;
}

export interface AccessTokens {
  readonly lifetimeSeconds: number;
  sign(o: { account: Account; sessionId: string; now: Date }): Promise<string>;
}

/** A secret for a client and what is stored of it. */
export interface Secrets {
  create(): { readonly token: string; readonly hash: Buffer };
  hash(token: string): Buffer;
}
