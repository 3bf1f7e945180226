import type { Account } from '../domain/account.js';
import { accountError, done, type Result, refused } from '../domain/accountError.js';
import { readRecoveryCode } from '../domain/recoveryCode.js';
import { type CheckPasswordDeps, checkPassword } from './checkPassword.js';
import type { AccountStore, Secrets, SessionStore } from './ports.js';
import type { CountedAttempt, SecondFactorStore, SecretBox, UsedCode } from './secondFactorPorts.js';
import { type Client, delayed } from './sessions.js';
import { readTotp, stepOf } from './totp.js';

export interface ProofDeps extends CheckPasswordDeps {
  readonly accounts: Pick<AccountStore, 'readMany'>;
  readonly sessions: Pick<SessionStore, 'attempt' | 'forgive'>;
  readonly secondFactors: SecondFactorStore;
  readonly secretBox: SecretBox;
  readonly secrets: Secrets;
}

export type SecondFactorProofDeps = Pick<ProofDeps, 'secondFactors' | 'secretBox' | 'secrets' | 'now' | 'newAttemptId'>;

/**
 * Makes sure that it is the owner who wants something that a stolen session must not do: asks for the password and, when the account has a second
 * factor, for a code, which is used up. Attempts at both count, and are delayed, like those of signing in.
 */
export const proveOwner =
  (deps: ProofDeps) =>
  async (command: {
    accountId: string;
    password: string;
    code: string | null | undefined;
    client: Client;
  }): Promise<Result<Account>> => {
    const [account] = await deps.accounts.readMany([command.accountId]);
    if (!account?.isActive) return refused(accountError('NOT_FOUND', 'There is no such account.'));
    const { password, client } = command;
    const checked = await checkPassword(deps)({ account, password, client, field: ['password'] });
    if (!checked.ok) return checked;
    await deps.sessions.forgive(checked.value);
    const code = await proveSecondFactor(deps, account, command.code);
    return code.ok ? done(account) : code;
  };

/** Asks for a code when the account has a second factor, and uses it up. */
export async function proveSecondFactor(
  deps: SecondFactorProofDeps,
  account: Pick<Account, 'id' | 'secondFactor'>,
  code: string | null | undefined,
): Promise<Result<true>> {
  if (!account.secondFactor) return done(true);
  if (!code) return refused(accountError('REQUIRED', 'A code of the second factor is needed.', ['code']));
  const now = deps.now();
  const attempt = await deps.secondFactors.attempt({ accountId: account.id, attemptId: deps.newAttemptId(), now });
  if (!attempt) return done(true); // switched off meanwhile
  const used = readCode(deps, account.id, attempt, code, now);
  if (!used.ok) return used;
  return (await deps.secondFactors.prove({ accountId: account.id, ...used.value, now }))
    ? done(true)
    : refused(WRONG_CODE);
}

export const WRONG_CODE = accountError(
  'CODE_INVALID',
  'This code is wrong, or it was used. Enter the one that your app shows now, or a recovery code that you have not used.',
  ['code'],
);

/**
 * What a code comes to after its attempt was counted: the step that it is of, or the hash of a recovery code, which the store looks up. Nobody
 * guesses a recovery code, so it need not wait: whoever else tries codes cannot keep the owner out.
 */
export function readCode(
  deps: Pick<ProofDeps, 'secretBox' | 'secrets'>,
  accountId: string,
  attempt: CountedAttempt,
  text: string,
  now: Date,
): Result<UsedCode> {
  const recovery = readRecoveryCode(text);
  if (recovery) return done({ step: null, recoveryHash: hashOfRecovery(deps.secrets, accountId, recovery) });
  if (attempt.delayedUntil) return refused(delayed(attempt.delayedUntil, now));
  const totp = readTotp(text);
  const secret = deps.secretBox.open(attempt.sealed, accountId);
  const step = totp && stepOf(secret, totp, now, attempt.lastStep);
  return step ? done({ step, recoveryHash: null }) : refused(WRONG_CODE);
}

/** Of each account a hash of its own, though two never have the same code. */
export const hashOfRecovery = (secrets: Pick<Secrets, 'hash'>, accountId: string, code: string): Buffer =>
  secrets.hash(`recovery code\n${accountId}\n${code}`);
