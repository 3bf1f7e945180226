import type { EventEnvelope } from '@souk/events';
import type { Account } from '../domain/account.js';
import type { AuditEntry } from './audit.js';
import type { NewSession } from './ports.js';

/** A secret as it is stored: encrypted with this key. */
export interface Sealed {
  readonly keyId: string;
  readonly secret: Buffer;
}

export interface SecretBox {
  readonly currentKeyId: string;
  knows(keyId: string): boolean;
  seal(plain: Buffer, owner: string): Sealed;
  /** @throws when the key is not configured, the secret was altered, or is another owner's */
  open(sealed: Sealed, owner: string): Buffer;
}

/** An attempt that was counted, with what its code is verified against. */
export interface CountedAttempt {
  readonly sealed: Sealed;
  readonly lastStep: number;
  /** False: enrolled, and not switched on yet. */
  readonly isConfirmed: boolean;
  /** Set: there were too many wrong codes, this one is not to be tried before, and was not counted. */
  readonly delayedUntil: Date | undefined;
}

/** A code as it is used up: a time step or the hash of a recovery code; the other one is null. */
export interface UsedCode {
  readonly step: number | null;
  readonly recoveryHash: Buffer | null;
}

/** Second factors. Each method is one round trip. */
export interface SecondFactorStore {
  /** Replaces one that was never confirmed. False: one is on. */
  enroll(o: { accountId: string; sealed: Sealed; now: Date }): Promise<boolean>;
  /** Counts an attempt before anything is verified; undefined: the account has enrolled none. */
  attempt(o: { accountId: string; attemptId: string; now: Date }): Promise<CountedAttempt | undefined>;
  /** Switches it on, ends the account's other sessions, and publishes. False: another one was enrolled, or one is on. */
  enable(o: {
    accountId: string;
    sessionId: string;
    sealed: Sealed;
    step: number;
    recoveryHashes: readonly Buffer[];
    now: Date;
    events: readonly EventEnvelope[];
  }): Promise<boolean>;
  /** Uses a code up. False: it was used, or there is none. */
  prove(o: UsedCode & { accountId: string; now: Date }): Promise<boolean>;
  /** Ends the account's sessions but this one, voids its access tokens, and publishes. False: none is on. */
  disable(o: {
    accountId: string;
    keepSessionId: string | null;
    now: Date;
    events: readonly EventEnvelope[];
    /** What the audit log keeps of it, in the same transaction. */
    audit: readonly AuditEntry[];
  }): Promise<boolean>;
  /** The old codes are void. False: none is on. */
  renewCodes(o: { accountId: string; recoveryHashes: readonly Buffer[]; now: Date }): Promise<boolean>;
  read(accountId: string): Promise<{ readonly enabledAt: Date; readonly recoveryCodesLeft: number } | undefined>;
  /** Forgets the failures of the throttle key, too. */
  challenge(o: {
    hash: Buffer;
    accountId: string;
    now: Date;
    expiresAt: Date;
    throttleKey: Buffer | null;
  }): Promise<void>;
  /** Counts an answer to a challenge; undefined: it is unknown, used, over, or was tried too often. */
  answer(o: {
    hash: Buffer;
    attemptId: string;
    now: Date;
  }): Promise<(CountedAttempt & { readonly account: Account }) | undefined>;
  /** Uses up challenge and code and opens the session, all or nothing. False: one of them was used meanwhile. */
  open(o: UsedCode & { challengeHash: Buffer; session: NewSession; resealed: Sealed | undefined }): Promise<boolean>;
  /** The ids of all keys that secrets are encrypted with. */
  keyIds(): Promise<string[]>;
}
