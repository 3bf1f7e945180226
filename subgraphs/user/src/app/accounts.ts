import { events, newEvent } from '@souk/events';
import type { Account } from '../domain/account.js';
import { type AccountError, accountError, done, type Result, refused } from '../domain/accountError.js';
import { readEmail } from '../domain/email.js';
import { weakBecause } from '../domain/password.js';
import { type ProfileInput, readProfile } from '../domain/profile.js';
import { RESET_LIFETIME_MS } from './accountLinks.js';
import { checkPassword } from './checkPassword.js';
import type {
  AccountLinks,
  AccountStore,
  ConfirmationStore,
  PasswordHasher,
  Secrets,
  SessionStore,
  UserFilter,
} from './ports.js';
import type { Client } from './sessions.js';

export const CONFIRMATION_LIFETIME_MS = 3 * 24 * 3_600_000;

export interface AccountDeps {
  readonly accounts: AccountStore;
  readonly sessions: Pick<SessionStore, 'attempt'>;
  readonly confirmations: ConfirmationStore;
  readonly links: AccountLinks;
  readonly passwords: PasswordHasher;
  readonly secrets: Secrets;
  readonly now: () => Date;
  readonly newAccountId: () => string;
  readonly newAttemptId: () => string;
  readonly throttleKey: (emailKey: string, ip: string | null) => Buffer;
  /** Tells the gateways at once which access tokens are void from now on; what cannot be told now is told later. */
  readonly announceVoid: () => Promise<void>;
}

const noAccount = (field: string) => refused(accountError('NOT_FOUND', 'There is no such account.', [field]));

/**
 * Opens an account that is usable at once and publishes `account.registered` with it. A taken address takes as long to
 * be told as a new one, since the password is hashed before anybody is asked.
 */
export const registerAccount =
  (deps: AccountDeps) =>
  async (input: ProfileInput & { email: string; password: string }): Promise<Result<Account>> => {
    const errors: AccountError[] = [];
    const email = readEmail(input.email);
    if (!email) errors.push(accountError('INVALID', 'This is not an e-mail address.', ['input', 'email']));
    const weak = weakBecause(input.password, email?.key ?? '', ['input', 'password']);
    if (weak) errors.push(weak);
    const { profile, errors: profileErrors } = readProfile(input);
    errors.push(...profileErrors);
    if (!email || errors.length > 0) return refused(...errors);

    const id = deps.newAccountId();
    const createdAt = deps.now();
    const passwordHash = await deps.passwords.hash(input.password);
    const event = newEvent(events.accountRegistered, {
      aggregateId: id,
      sequence: 1,
      data: { userId: id },
      now: createdAt,
    });
    const account = { id, email, passwordHash, emailVerified: false, roles: ['CUSTOMER'] as const, profile, createdAt };
    if (!(await deps.accounts.create(account, [event]))) {
      return refused(accountError('EMAIL_TAKEN', 'There is an account with this e-mail address.', ['input', 'email']));
    }
    return done({
      id,
      email: email.email,
      emailVerified: false,
      isActive: true,
      deactivatedAt: null,
      deactivationReason: null,
      roles: account.roles,
      firstName: profile.firstName ?? null,
      lastName: profile.lastName ?? null,
      phone: null,
      locale: profile.locale ?? null,
      addresses: [],
      defaultShippingId: null,
      defaultBillingId: null,
      sequence: 1,
      createdAt,
      secondFactor: false,
    });
  };

/** Secrets for mails: each call makes a new one, as long as it is needed, else null. */
export interface MailedTokens {
  readonly confirmationToken: () => Promise<string | null>;
  readonly passwordResetToken: () => Promise<string | null>;
}

/** The address that an account has proved to be its own, as `readEmail` folds it; null when there is none, or when the account is disabled. */
export const verifiedEmail =
  (deps: Pick<AccountDeps, 'accounts'>) =>
  async (id: string): Promise<string | null> => {
    const [account] = await deps.accounts.readMany([id]);
    return account?.isActive && account.emailVerified ? (readEmail(account.email)?.key ?? null) : null;
  };

/** What the notification service may know of an account. */
export const accountForNotification =
  (deps: AccountDeps) =>
  async (id: string): Promise<(Account & MailedTokens) | undefined> => {
    const [account] = await deps.accounts.readMany([id]);
    if (!account) return undefined;
    return {
      ...account,
      async confirmationToken() {
        if (account.emailVerified || !account.isActive) return null;
        const now = deps.now();
        const { token, hash } = deps.secrets.create();
        const expiresAt = new Date(now.getTime() + CONFIRMATION_LIFETIME_MS);
        await deps.confirmations.create({ hash, accountId: id, now, expiresAt });
        return token;
      },
      async passwordResetToken() {
        const { token, hash } = deps.secrets.create();
        const created = await deps.links.createReset({
          accountId: id,
          hash,
          now: deps.now(),
          lifetimeMs: RESET_LIFETIME_MS,
        });
        return created ? token : null;
      },
    };
  };

/** Changes the password, which ends every other session and is told by mail. Attempts count and are delayed like those of signing in. */
export const changePassword =
  (deps: AccountDeps) =>
  async (command: {
    accountId: string;
    sessionId: string;
    currentPassword: string;
    newPassword: string;
    client: Client;
  }): Promise<Result<true>> => {
    const [account] = await deps.accounts.readMany([command.accountId]);
    if (!account?.isActive) return noAccount('currentPassword');
    const emailKey = account.email.toLowerCase();
    const weak = weakBecause(command.newPassword, emailKey, ['newPassword']);
    if (weak) return refused(weak);
    const { currentPassword: password, client } = command;
    const checked = await checkPassword(deps)({ account, password, client, field: ['currentPassword'] });
    if (!checked.ok) return checked;
    const throttleKey = checked.value;
    const passwordHash = await deps.passwords.hash(command.newPassword);
    const { accountId: id, sessionId: keepSessionId } = command;
    const changedAt = deps.now();
    const event = newEvent(events.accountPasswordChanged, {
      aggregateId: id,
      sequence: account.sequence + 1,
      data: { userId: id },
      now: changedAt,
    });
    await deps.accounts.setPassword({ id, passwordHash, keepSessionId, throttleKey, now: changedAt, events: [event] });
    await deps.announceVoid();
    return done(true);
  };

/** Changes the given parts of the profile. */
export const updateAccount =
  (deps: AccountDeps) =>
  async (accountId: string, input: ProfileInput): Promise<Result<string>> => {
    const { profile, errors } = readProfile(input);
    if (errors.length > 0) return refused(...errors);
    await deps.accounts.updateProfile(accountId, profile);
    return done(accountId);
  };

/** A page of accounts, newest first, with one more than asked for when there are more. */
export const listAccounts =
  (deps: AccountDeps) =>
  (o: { filter: UserFilter; first: number; after: readonly [string, string] | undefined }): Promise<Account[]> =>
    deps.accounts.list({ ...o, first: o.first + 1 });

/**
 * Makes the first administrator, if there is no account with that address. An account that exists is left as it is,
 * password and roles: whoever registered it first must not become administrator by a restart.
 */
export const bootstrapAdmin =
  (deps: AccountDeps) =>
  async (o: { email: string; password: string }): Promise<'created' | 'exists' | 'exists-without-role'> => {
    const email = readEmail(o.email);
    if (!email) throw new Error('BOOTSTRAP_ADMIN_EMAIL is not an e-mail address');
    const weak = weakBecause(o.password, email.key, []);
    if (weak) throw new Error(`BOOTSTRAP_ADMIN_PASSWORD: ${weak.message}`);
    const existing = await deps.accounts.findByEmail(email.key);
    if (!existing) {
      const created = await deps.accounts.create(
        {
          id: deps.newAccountId(),
          email,
          passwordHash: await deps.passwords.hash(o.password),
          emailVerified: true,
          roles: ['CUSTOMER', 'ADMIN'],
          profile: {},
          createdAt: deps.now(),
        },
        [],
      );
      return created ? 'created' : 'exists';
    }
    return existing.roles.includes('ADMIN') ? 'exists' : 'exists-without-role';
  };
