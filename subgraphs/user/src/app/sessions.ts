import type { Account, Session } from '../domain/account.js';
import { type AccountError, accountError, done, type Result, refused } from '../domain/accountError.js';
import { readEmail } from '../domain/email.js';
import { grantedRoles, isStaff } from '../domain/grantedRoles.js';
import { tooLong } from '../domain/password.js';
import type { AccessTokens, ConfirmationStore, NewSession, PasswordHasher, Secrets, SessionStore } from './ports.js';
import type { SecondFactorStore } from './secondFactorPorts.js';

export const REFRESH_LIFETIME_MS = 30 * 24 * 3_600_000;
/** How long a client that lost the answer of a refresh may ask again with the old token. */
export const REFRESH_GRACE_MS = 30_000;
/** How long a sign-in waits for its second factor. */
export const CHALLENGE_LIFETIME_MS = 5 * 60_000;

/** The client that a request came from. */
export interface Client {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export interface OpenSession {
  readonly account: Account;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
  /** Set: the session acts as a customer's until the account has a second factor, or until it has passed the one that it has. */
  readonly staffRightsWithheld: boolean;
}

/** The password was right; a code of the second factor is needed, and nothing is open yet. */
export interface SecondFactorWanted {
  readonly challenge: string;
  readonly expiresIn: number;
}

export type SignIn = OpenSession | SecondFactorWanted;

export interface SessionDeps {
  readonly sessions: SessionStore;
  readonly confirmations: ConfirmationStore;
  readonly secondFactors: SecondFactorStore;
  /** Whether staff act as customers until they have a second factor. */
  readonly staffNeedSecondFactor: boolean;
  readonly passwords: PasswordHasher;
  readonly accessTokens: AccessTokens;
  readonly secrets: Secrets;
  readonly now: () => Date;
  readonly newSessionId: () => string;
  readonly newAttemptId: () => string;
  readonly throttleKey: (emailKey: string, ip: string | null) => Buffer;
  /** Whether an account can sign in only after its address was confirmed. */
  readonly confirmationRequired: boolean;
  readonly announceVoid: () => Promise<void>;
}

const WRONG = accountError('INVALID_CREDENTIALS', 'The e-mail address or the password is wrong.');
const WRONG_OR_UNCONFIRMED = accountError(
  'INVALID_CREDENTIALS',
  'The e-mail address or the password is wrong, or the address is not confirmed yet.',
);
export const DISABLED = accountError('ACCOUNT_DISABLED', 'This account is disabled.');

/**
 * Signs in. Guarantees: an unknown address and a wrong password differ neither in the answer nor in its time; each
 * attempt is counted before it is verified, so that many at once are no way around the delay; a delay is never a lock.
 * Where addresses have to be confirmed, one that is not differs neither. With a second factor the answer is a challenge for it.
 * Two round trips and one hash.
 */
export const createSession =
  (deps: SessionDeps) =>
  async (command: { email: string; password: string; client: Client }): Promise<Result<SignIn>> => {
    const now = deps.now();
    const emailKey = readEmail(command.email)?.key ?? '';
    const throttleKey = deps.throttleKey(emailKey, command.client.ip);
    const attemptId = deps.newAttemptId();
    const attempt = await deps.sessions.attempt({ throttleKey, emailKey, attemptId, now, ip: command.client.ip });
    if (attempt.delayedUntil) return refused(delayed(attempt.delayedUntil, now));

    const hopeless = tooLong(command.password);
    const matches = await deps.passwords.verify(
      hopeless ? undefined : attempt.account?.passwordHash,
      hopeless ? '' : command.password,
    );
    const mayEnter = attempt.account?.account.emailVerified || !deps.confirmationRequired;
    if (!attempt.account || !matches || !mayEnter) {
      return refused(deps.confirmationRequired ? WRONG_OR_UNCONFIRMED : WRONG);
    }
    const { account } = attempt.account;
    if (!account.isActive) return refused(DISABLED);
    return done(await openSession(deps, account, command.client, throttleKey, now));
  };

/** The refusal of an attempt that comes too early. */
export function delayed(until: Date, now: Date): AccountError {
  const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1_000));
  return {
    code: 'LOGIN_ATTEMPT_DELAYED',
    message: `Too many failed attempts. Try again in ${retryAfterSeconds} s.`,
    retryAfterSeconds,
  };
}

/**
 * Opens a session of an account that has proved itself, unless it has a second factor: then the answer is a challenge for it. Every way to sign in ends
 * here, so that none leads around the second factor. `asOf` is a time before the account was read: should its rights change meanwhile, the
 * token counts as issued before.
 */
export async function openSession(
  deps: SessionDeps,
  account: Account,
  client: Client,
  throttleKey: Buffer | null,
  asOf?: Date,
): Promise<SignIn> {
  const now = asOf ?? deps.now();
  if (account.secondFactor) return challenge(deps, account.id, throttleKey, now);
  const { session, refreshToken } = newSession(deps, account.id, client, now);
  // False: the second factor was switched on since the account was read.
  if (!(await deps.sessions.create(session, throttleKey))) return challenge(deps, account.id, throttleKey, now);
  return tokens(deps, account, { id: session.id, secondFactorPassed: false }, refreshToken, now);
}

async function challenge(
  deps: SessionDeps,
  accountId: string,
  throttleKey: Buffer | null,
  now: Date,
): Promise<SecondFactorWanted> {
  const { token, hash } = deps.secrets.create();
  const expiresAt = new Date(now.getTime() + CHALLENGE_LIFETIME_MS);
  await deps.secondFactors.challenge({ hash, accountId, now, expiresAt, throttleKey });
  return { challenge: token, expiresIn: CHALLENGE_LIFETIME_MS / 1_000 };
}

/** A session to be stored, and its first refresh token. */
export function newSession(
  deps: Pick<SessionDeps, 'secrets' | 'newSessionId'>,
  accountId: string,
  client: Client,
  now: Date,
): { session: NewSession; refreshToken: string } {
  const secret = deps.secrets.create();
  const expiresAt = new Date(now.getTime() + REFRESH_LIFETIME_MS);
  const session = { id: deps.newSessionId(), accountId, refreshHash: secret.hash, ...client, now, expiresAt };
  return { session, refreshToken: secret.token };
}

/** The tokens of a session that is stored. They carry the roles that it acts with. */
export async function tokens(
  deps: Pick<SessionDeps, 'accessTokens' | 'staffNeedSecondFactor'>,
  account: Account,
  session: { readonly id: string; readonly secondFactorPassed: boolean },
  refreshToken: string,
  now: Date,
): Promise<OpenSession> {
  const roles = grantedRoles(account, session, deps);
  const accessToken = await deps.accessTokens.sign({ account: { ...account, roles }, sessionId: session.id, now });
  const staffRightsWithheld = isStaff(account.roles) && !isStaff(roles);
  return { account, accessToken, refreshToken, expiresIn: deps.accessTokens.lifetimeSeconds, staffRightsWithheld };
}

/**
 * Exchanges a refresh token; roles are read anew. Guarantees: a token is good for one exchange, its second use ends
 * the session for both, whoever holds them; only a client that lost the answer gets another one within a short grace.
 */
export const refreshSession =
  (deps: SessionDeps) =>
  async (command: { refreshToken: string | undefined; client: Client }): Promise<Result<OpenSession>> => {
    if (!command.refreshToken) return refused(accountError('REQUIRED', 'A refresh token is needed.', ['refreshToken']));
    const now = deps.now();
    const secret = deps.secrets.create();
    const rotation = await deps.sessions.rotate({
      hash: deps.secrets.hash(command.refreshToken),
      newHash: secret.hash,
      now,
      graceMs: REFRESH_GRACE_MS,
      expiresAt: new Date(now.getTime() + REFRESH_LIFETIME_MS),
      ...command.client,
    });
    const field = ['refreshToken'];
    const ended = accountError('TOKEN_INVALID', 'This session has ended. Sign in again.', field);
    switch (rotation.outcome) {
      case 'ROTATED':
        if (rotation.account.secondFactor && !rotation.session.secondFactorPassed) {
          // Switching the second factor on ends all sessions but one; this one was opened in the very same moment.
          await deps.sessions.revoke(rotation.account.id, rotation.session.id, now);
          await deps.announceVoid();
          return refused(ended);
        }
        return done(await tokens(deps, rotation.account, rotation.session, secret.token, now));
      case 'UNKNOWN':
      case 'REVOKED':
        return refused(ended);
      case 'EXPIRED':
        return refused(accountError('TOKEN_EXPIRED', 'This session has expired. Sign in again.', field));
      case 'REUSED':
        await deps.announceVoid();
        return refused(
          accountError('TOKEN_REUSED', 'This token was used before. The session was ended; sign in again.', field),
        );
      case 'DISABLED':
        return refused(DISABLED);
    }
  };

/** Verifies the e-mail address by the token that was mailed to it, once, and signs in. */
export const confirmAccount =
  (deps: SessionDeps) =>
  async (command: { token: string; client: Client }): Promise<Result<SignIn>> => {
    const used = await deps.confirmations.use(deps.secrets.hash(command.token), deps.now());
    if (used === 'DISABLED') return refused(DISABLED);
    if (used === 'EXPIRED') return refused(accountError('TOKEN_EXPIRED', 'This link has expired.', ['token']));
    if (used === 'INVALID')
      return refused(accountError('TOKEN_INVALID', 'This link is not valid, or it was used.', ['token']));
    return done(await openSession(deps, used.account, command.client, null));
  };

/** Live sessions of an account, last used first. */
export const listSessions =
  (deps: SessionDeps) =>
  (accountId: string): Promise<Session[]> =>
    deps.sessions.list(accountId, deps.now());

/** Ends one session of the account, its access token too. Repeating it changes nothing. */
export const revokeSession =
  (deps: SessionDeps) =>
  async (accountId: string, sessionId: string): Promise<Result<true>> => {
    if (!(await deps.sessions.revoke(accountId, sessionId, deps.now()))) {
      return refused(accountError('NOT_FOUND', 'There is no such session.', ['id']));
    }
    await deps.announceVoid();
    return done(true);
  };

/** Ends all sessions of the account, or all but one. */
export const revokeAllSessions =
  (deps: SessionDeps) =>
  async (accountId: string, except: string | undefined): Promise<Result<true>> => {
    await deps.sessions.revokeAll(accountId, except, deps.now());
    await deps.announceVoid();
    return done(true);
  };
