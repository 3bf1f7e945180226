import { accountError, done, type Result, refused } from '../domain/accountError.js';
import { type ProofDeps, readCode, WRONG_CODE } from './proveOwner.js';
import { type Client, DISABLED, newSession, type OpenSession, type SessionDeps, tokens } from './sessions.js';

const CHALLENGE_OVER = accountError(
  'TOKEN_INVALID',
  'This sign-in was finished, has expired, or was tried too often. Sign in again.',
  ['challenge'],
);

/**
 * Finishes a sign-in whose password was right with a code of the second factor, or with a recovery code. Guarantees: each attempt is counted before it is
 * verified, on the challenge and on the account, so that neither many at once nor many challenges are a way around the delay; a challenge opens one
 * session, a code is good for one. A secret that an older key encrypted is encrypted with the current one. Two round trips, no hash of a password.
 */
export const answerChallenge =
  (deps: SessionDeps & ProofDeps) =>
  async (command: { challenge: string; code: string; client: Client }): Promise<Result<OpenSession>> => {
    const now = deps.now();
    const challengeHash = deps.secrets.hash(command.challenge);
    const attempt = await deps.secondFactors.answer({ hash: challengeHash, attemptId: deps.newAttemptId(), now });
    if (!attempt) return refused(CHALLENGE_OVER);
    const { account, sealed } = attempt;
    if (!account.isActive) return refused(DISABLED);
    const used = readCode(deps, account.id, attempt, command.code, now);
    if (!used.ok) return used;
    const { session, refreshToken } = newSession(deps, account.id, command.client, now);
    const { secretBox } = deps;
    // A recovery code also helps where the key is lost.
    const isOutdated = sealed.keyId !== secretBox.currentKeyId && secretBox.knows(sealed.keyId);
    const resealed = isOutdated ? secretBox.seal(secretBox.open(sealed, account.id), account.id) : undefined;
    if (!(await deps.secondFactors.open({ challengeHash, ...used.value, session, resealed })))
      return refused(WRONG_CODE);
    return done(await tokens(deps, account, { id: session.id, secondFactorPassed: true }, refreshToken, now));
  };
