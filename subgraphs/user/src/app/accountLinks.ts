import { events, newEvent } from '@souk/events';
import { accountError, done, type Result, refused } from '../domain/accountError.js';
import { readEmail } from '../domain/email.js';
import { weakBecause } from '../domain/password.js';
import type { AccountLinks, PasswordHasher, Secrets } from './ports.js';
import { type Client, DISABLED, openSession, type SessionDeps, type SignIn } from './sessions.js';

/** How long a link for a new password works. */
export const RESET_LIFETIME_MS = 30 * 60_000;
/** How soon another link may be mailed to the same address. */
const LINK_PAUSE_MS = 60_000;

export interface AccountLinkDeps {
  readonly links: AccountLinks;
  readonly passwords: PasswordHasher;
  readonly secrets: Secrets;
  readonly now: () => Date;
}

/**
 * Has a link mailed to an address: one that confirms it, or one for a new password. Accepts every address and sends the same two
 * statements for each, so that neither the answer nor its time says whether there is an account.
 */
export const requestLink =
  (deps: AccountLinkDeps) =>
  async (kind: 'CONFIRM_EMAIL' | 'RESET_PASSWORD', address: string): Promise<Result<true>> => {
    const email = readEmail(address);
    if (!email) return refused(accountError('INVALID', 'This is not an e-mail address.', ['email']));
    const now = deps.now();
    const account = await deps.links.find(email.key);
    const definition =
      kind === 'CONFIRM_EMAIL' ? events.accountConfirmationRequested : events.accountPasswordResetRequested;
    const told =
      account &&
      newEvent(definition, {
        aggregateId: account.id,
        sequence: account.sequence + 1,
        data: { userId: account.id },
        now,
      });
    await deps.links.request({
      kind,
      accountId: account?.id ?? '',
      sequence: account?.sequence ?? 0,
      now,
      notAfter: new Date(now.getTime() - LINK_PAUSE_MS),
      events: told ? [told] : [],
    });
    return done(true);
  };

/**
 * Sets a new password by a mailed token and signs in. The token is used, the password set, every session ended, every other token of this kind
 * voided and `account.password_changed` published in one statement; what proves the address also confirms it. A password
 * that is refused leaves the token as it is.
 */
export const resetPassword =
  (deps: AccountLinkDeps & SessionDeps) =>
  async (command: { token: string; password: string; client: Client }): Promise<Result<SignIn>> => {
    const hash = deps.secrets.hash(command.token);
    const account = await deps.links.findByToken('RESET_PASSWORD', hash, deps.now());
    if (account === 'INVALID' || account === 'EXPIRED') return refused(tokenError(account));
    if (!account.isActive) return refused(DISABLED);
    const weak = weakBecause(command.password, account.email.toLowerCase(), ['password']);
    if (weak) return refused(weak);
    const passwordHash = await deps.passwords.hash(command.password);
    const now = deps.now();
    const event = newEvent(events.accountPasswordChanged, {
      aggregateId: account.id,
      sequence: account.sequence + 1,
      data: { userId: account.id },
      now,
    });
    const { sequence } = account;
    if (!(await deps.links.resetPassword({ hash, passwordHash, sequence, now, events: [event] }))) {
      return refused(tokenError('INVALID'));
    }
    await deps.announceVoid();
    return done(await openSession(deps, { ...account, emailVerified: true }, command.client, null));
  };

function tokenError(kind: 'INVALID' | 'EXPIRED') {
  return kind === 'EXPIRED'
    ? accountError('TOKEN_EXPIRED', 'This link has expired. Ask for a new one.', ['token'])
    : accountError('TOKEN_INVALID', 'This link is not valid, or it was used. Ask for a new one.', ['token']);
}
