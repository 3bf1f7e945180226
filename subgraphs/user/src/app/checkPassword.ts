import type { Account } from '../domain/account.js';
import { accountError, done, type Result, refused } from '../domain/accountError.js';
import { tooLong } from '../domain/password.js';
import type { PasswordHasher, SessionStore } from './ports.js';
import { type Client, delayed } from './sessions.js';

export interface CheckPasswordDeps {
  readonly sessions: Pick<SessionStore, 'attempt'>;
  readonly passwords: PasswordHasher;
  readonly now: () => Date;
  readonly newAttemptId: () => string;
  readonly throttleKey: (emailKey: string, ip: string | null) => Buffer;
}

/**
 * Asks somebody who is signed in for the password again. Attempts count and are delayed like those of signing in, so that a session that was
 * stolen is no way to find the password out. One round trip and one hash. Answers the key of the attempts, for whoever forgets them.
 */
export const checkPassword =
  (deps: CheckPasswordDeps) =>
  async (o: {
    account: Account;
    password: string;
    client: Client;
    field: readonly string[];
  }): Promise<Result<Buffer>> => {
    const now = deps.now();
    const emailKey = o.account.email.toLowerCase();
    const throttleKey = deps.throttleKey(emailKey, o.client.ip);
    const { ip } = o.client;
    const attempt = await deps.sessions.attempt({ throttleKey, emailKey, attemptId: deps.newAttemptId(), now, ip });
    if (attempt.delayedUntil) return refused(delayed(attempt.delayedUntil, now));
    const hopeless = tooLong(o.password);
    const stored = hopeless ? undefined : attempt.account?.passwordHash;
    if (!(await deps.passwords.verify(stored, hopeless ? '' : o.password))) {
      return refused(accountError('INVALID_CREDENTIALS', 'The current password is wrong.', o.field));
    }
    return done(throttleKey);
  };
