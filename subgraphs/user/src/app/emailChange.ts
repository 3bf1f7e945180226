import { type EventEnvelope, events, newEvent } from '@souk/events';
import { accountError, done, type Result, refused } from '../domain/accountError.js';
import { type Email, readEmail } from '../domain/email.js';
import { type CheckPasswordDeps, checkPassword } from './checkPassword.js';
import type { AccountStore, Secrets } from './ports.js';
import { proveSecondFactor, type SecondFactorProofDeps } from './proveOwner.js';
import type { Client } from './sessions.js';

/** How long the link works that confirms a new address. */
export const CHANGE_LIFETIME_MS = 24 * 3_600_000;
/** How long the old address may take a change back; nobody else gets that address meanwhile. */
export const UNDO_LIFETIME_MS = 7 * 24 * 3_600_000;
/** How soon another link may be mailed. */
const CHANGE_PAUSE_MS = 60_000;

/** A link that was mailed, and the account as it is. */
export interface MailedChange {
  readonly accountId: string;
  readonly sequence: number;
  readonly changeId: string;
  readonly isActive: boolean;
}

/** Whom to write to about a change, and what the account's address needs to be told. */
export type ChangeMail =
  | { readonly kind: 'CONFIRM' | 'UNDO'; readonly email: string; readonly token: string }
  /** Another account has the address: its owner is told instead. */
  | { readonly kind: 'TAKEN'; readonly email: string; readonly token: null };

/** Changes of addresses. Each method is one round trip, unless it says otherwise. */
export interface EmailChanges {
  /** Notes the wish, voids older ones' links, and forgets the password attempts. False: there was one after `notAfter`. */
  request(o: {
    id: string;
    accountId: string;
    sequence: number;
    old: Email;
    next: Email;
    now: Date;
    notAfter: Date;
    throttleKey: Buffer;
    events: readonly EventEnvelope[];
  }): Promise<boolean>;
  /** Two round trips. A new link for a change that is the account's last one and waits; undefined when it is needed no more. */
  createConfirm(o: { changeId: string; hash: Buffer; now: Date }): Promise<Omit<ChangeMail, 'token'> | undefined>;
  /** A new link to take a change back; undefined when that is over. */
  createUndo(o: { changeId: string; hash: Buffer; now: Date }): Promise<string | undefined>;
  findByToken(
    purpose: 'CHANGE_EMAIL' | 'UNDO_EMAIL_CHANGE',
    hash: Buffer,
    now: Date,
  ): Promise<MailedChange | 'INVALID' | 'EXPIRED'>;
  /** Everything that the confirmed change means, in one statement. */
  confirm(o: { hash: Buffer; sequence: number; now: Date; events: readonly EventEnvelope[] }): Promise<ChangeOutcome>;
  /** Everything that taking it back means, in one statement; `passwordHash` is of a password that nobody knows. */
  undo(o: {
    hash: Buffer;
    sequence: number;
    passwordHash: string;
    now: Date;
    events: readonly EventEnvelope[];
  }): Promise<ChangeOutcome>;
}

/** INVALID: the token was used, or the account changed, meanwhile. */
export type ChangeOutcome = 'DONE' | 'TAKEN' | 'INVALID';

export interface EmailChangeDeps extends CheckPasswordDeps, SecondFactorProofDeps {
  readonly accounts: Pick<AccountStore, 'readMany'>;
  readonly emailChanges: EmailChanges;
  readonly secrets: Secrets;
  readonly newEmailChangeId: () => string;
  readonly announceVoid: () => Promise<void>;
}

/**
 * Has a link mailed to the address that an account wants to have; nothing changes until it is opened. Whether somebody else has the address is
 * neither asked nor told here: it is found out when the mail is written, and goes to that account's owner then.
 */
export const requestEmailChange =
  (deps: EmailChangeDeps) =>
  async (command: {
    accountId: string;
    password: string;
    code: string | null | undefined;
    email: string;
    client: Client;
  }): Promise<Result<true>> => {
    const next = readEmail(command.email);
    if (!next) return refused(accountError('INVALID', 'This is not an e-mail address.', ['email']));
    const [account] = await deps.accounts.readMany([command.accountId]);
    if (!account?.isActive) return refused(accountError('NOT_FOUND', 'There is no such account.'));
    const { password, client } = command;
    const checked = await checkPassword(deps)({ account, password, client, field: ['password'] });
    if (!checked.ok) return checked;
    const proved = await proveSecondFactor(deps, account, command.code);
    if (!proved.ok) return proved;
    const old = { email: account.email, key: account.email.toLowerCase() };
    if (next.key === old.key) {
      return refused(accountError('CONFLICT', 'This is the address of the account already.', ['email']));
    }
    const now = deps.now();
    const id = deps.newEmailChangeId();
    const { id: accountId, sequence } = account;
    const event = newEvent(events.accountEmailChangeRequested, {
      aggregateId: accountId,
      sequence: sequence + 1,
      data: { userId: accountId, changeId: id },
      now,
    });
    const notAfter = new Date(now.getTime() - CHANGE_PAUSE_MS);
    const throttleKey = checked.value;
    const change = { id, accountId, sequence, old, next, now, notAfter, throttleKey, events: [event] };
    if (await deps.emailChanges.request(change)) return done(true);
    return refused(accountError('CONFLICT', 'A link was mailed just now. Try again in a minute.', ['email']));
  };

/**
 * Changes the address by the link that was mailed to the new one: the address is confirmed with it, links that were mailed to the old one are
 * void, and the old one is told, with a link to take it back. Sessions stay. A link works once.
 */
export const confirmEmailChange =
  (deps: EmailChangeDeps) =>
  async (token: string): Promise<Result<true>> => {
    const hash = deps.secrets.hash(token);
    const now = deps.now();
    const found = await deps.emailChanges.findByToken('CHANGE_EMAIL', hash, now);
    if (found === 'INVALID' || found === 'EXPIRED') return refused(linkError(found));
    if (!found.isActive) return refused(accountError('ACCOUNT_DISABLED', 'This account is disabled.'));
    const event = newEvent(events.accountEmailChanged, {
      aggregateId: found.accountId,
      sequence: found.sequence + 1,
      data: { userId: found.accountId, changeId: found.changeId },
      now,
    });
    const outcome = await deps.emailChanges.confirm({ hash, sequence: found.sequence, now, events: [event] });
    return outcome === 'DONE' ? done(true) : refused(outcomeError(outcome));
  };

/**
 * Takes a change back by the link that was mailed to the old address, which whoever changed it cannot read: the old address is the account's
 * again, every session ends, the password works no more, a second factor that was enrolled since the change was asked for is off, and a link for a
 * new password is on its way there. Later changes are taken back with it.
 */
export const undoEmailChange =
  (deps: EmailChangeDeps) =>
  async (token: string): Promise<Result<true>> => {
    const hash = deps.secrets.hash(token);
    const found = await deps.emailChanges.findByToken('UNDO_EMAIL_CHANGE', hash, deps.now());
    if (found === 'INVALID' || found === 'EXPIRED') return refused(linkError(found));
    const passwordHash = await deps.passwords.hash(deps.secrets.create().token);
    const now = deps.now();
    const event = newEvent(events.accountPasswordResetRequested, {
      aggregateId: found.accountId,
      sequence: found.sequence + 1,
      data: { userId: found.accountId },
      now,
    });
    const { sequence } = found;
    const outcome = await deps.emailChanges.undo({ hash, sequence, passwordHash, now, events: [event] });
    if (outcome !== 'DONE') return refused(outcomeError(outcome));
    await deps.announceVoid();
    return done(true);
  };

/** What the notification service writes about a change: with a new token each time, undefined when there is nothing to write any more. */
export const emailChangeMail =
  (deps: EmailChangeDeps) =>
  async (changeId: string, isConfirmed: boolean): Promise<ChangeMail | undefined> => {
    const { token, hash } = deps.secrets.create();
    const now = deps.now();
    if (isConfirmed) {
      const email = await deps.emailChanges.createUndo({ changeId, hash, now });
      return email === undefined ? undefined : { kind: 'UNDO', email, token };
    }
    const made = await deps.emailChanges.createConfirm({ changeId, hash, now });
    if (made === undefined) return undefined;
    return made.kind === 'TAKEN'
      ? { kind: 'TAKEN', email: made.email, token: null }
      : { kind: 'CONFIRM', email: made.email, token };
  };

function linkError(kind: 'INVALID' | 'EXPIRED') {
  return kind === 'EXPIRED'
    ? accountError('TOKEN_EXPIRED', 'This link has expired.', ['token'])
    : accountError('TOKEN_INVALID', 'This link is not valid, or it was used.', ['token']);
}

function outcomeError(outcome: 'TAKEN' | 'INVALID') {
  return outcome === 'TAKEN'
    ? accountError('EMAIL_TAKEN', 'There is an account with this e-mail address.', ['token'])
    : linkError('INVALID');
}
