import { events, newEvent } from '@souk/events';
import type { Account } from '../domain/account.js';
import { accountError, done, type Result, refused } from '../domain/accountError.js';
import { isStaff } from '../domain/grantedRoles.js';
import { RECOVERY_CODE_BYTES, RECOVERY_CODES, recoveryCode } from '../domain/recoveryCode.js';
import { auditEntry } from './audit.js';
import { hashOfRecovery, type ProofDeps, proveOwner, WRONG_CODE } from './proveOwner.js';
import { type Client, delayed } from './sessions.js';
import { base32, otpauthUri, readTotp, stepOf, TOTP_SECRET_BYTES } from './totp.js';

export interface SecondFactorDeps extends ProofDeps {
  readonly randomBytes: (length: number) => Buffer;
  /** The shop's name, which apps show above the codes. */
  readonly issuer: string;
  readonly staffNeedSecondFactor: boolean;
  readonly announceVoid: () => Promise<void>;
}

/** Who asks, by which session: it is the one that stays. */
export interface Owner {
  readonly accountId: string;
  readonly sessionId: string;
}

const ALREADY_ON = accountError(
  'CONFLICT',
  'A second factor is switched on already. Switch it off before you enrol another one.',
);
const NONE_ON = accountError('CONFLICT', 'No second factor is switched on.');

/**
 * Makes a secret for an authenticator app, shown this once. Nothing changes before it is confirmed; enrolling again replaces what
 * was never confirmed.
 */
export const enrollSecondFactor =
  (deps: SecondFactorDeps) =>
  async (command: {
    accountId: string;
    password: string;
    client: Client;
  }): Promise<Result<{ secret: string; uri: string }>> => {
    const [known] = await deps.accounts.readMany([command.accountId]);
    if (known?.secondFactor) return refused(ALREADY_ON);
    const owner = await proveOwner(deps)({ ...command, code: null });
    if (!owner.ok) return owner;
    const { id, email } = owner.value;
    const secret = deps.randomBytes(TOTP_SECRET_BYTES);
    const sealed = deps.secretBox.seal(secret, id);
    if (!(await deps.secondFactors.enroll({ accountId: id, sealed, now: deps.now() }))) return refused(ALREADY_ON);
    return done({ secret: base32(secret), uri: otpauthUri({ issuer: deps.issuer, account: email, secret }) });
  };

/**
 * Switches the second factor on with the app's first code, and answers recovery codes, which are shown this once. Every other session ends: none of
 * them has passed it. Published in the same statement, so that the owner is told.
 */
export const confirmSecondFactor =
  (deps: SecondFactorDeps) =>
  async ({ accountId, sessionId, code }: Owner & { code: string }): Promise<Result<readonly string[]>> => {
    const [account] = await deps.accounts.readMany([accountId]);
    if (!account?.isActive) return refused(accountError('NOT_FOUND', 'There is no such account.'));
    if (account.secondFactor) return refused(ALREADY_ON);
    const now = deps.now();
    const attempt = await deps.secondFactors.attempt({ accountId, attemptId: deps.newAttemptId(), now });
    if (!attempt) return refused(accountError('CONFLICT', 'Enrol a second factor first.'));
    if (attempt.isConfirmed) return refused(ALREADY_ON);
    if (attempt.delayedUntil) return refused(delayed(attempt.delayedUntil, now));
    const totp = readTotp(code);
    const step = totp && stepOf(deps.secretBox.open(attempt.sealed, accountId), totp, now, attempt.lastStep);
    if (!step) return refused(WRONG_CODE);
    const { codes, recoveryHashes } = newRecoveryCodes(deps, accountId);
    const enabled = await deps.secondFactors.enable({
      accountId,
      sessionId,
      sealed: attempt.sealed,
      step,
      recoveryHashes,
      now,
      events: [told(events.accountSecondFactorEnabled, account, now)],
    });
    if (!enabled)
      return refused(accountError('CONFLICT', 'The second factor was enrolled anew meanwhile. Confirm that one.'));
    await deps.announceVoid();
    return done(codes);
  };

/**
 * Switches the second factor off, with the password and a code. Every other session ends, and the owner is told by mail. That somebody of
 * the staff did it is in the audit log.
 */
export const disableSecondFactor =
  (deps: SecondFactorDeps) =>
  async (command: Owner & { password: string; code: string; client: Client }): Promise<Result<string>> => {
    const owner = await proveOwner(deps)(command);
    if (!owner.ok) return owner;
    if (!owner.value.secondFactor) return refused(NONE_ON);
    const now = deps.now();
    const { id: accountId } = owner.value;
    const entry = auditEntry({ action: 'secondFactorDisable', actorId: accountId, subjectId: accountId, now });
    const disabled = await deps.secondFactors.disable({
      accountId,
      keepSessionId: command.sessionId,
      now,
      events: [told(events.accountSecondFactorDisabled, owner.value, now)],
      audit: isStaff(owner.value.roles) ? [entry] : [],
    });
    if (!disabled) return refused(NONE_ON);
    await deps.announceVoid();
    return done(accountId);
  };

/** Makes new recovery codes, with the password and a code; the old ones are void. */
export const renewRecoveryCodes =
  (deps: SecondFactorDeps) =>
  async (command: {
    accountId: string;
    password: string;
    code: string;
    client: Client;
  }): Promise<Result<readonly string[]>> => {
    const owner = await proveOwner(deps)(command);
    if (!owner.ok) return owner;
    const { accountId } = command;
    const { codes, recoveryHashes } = newRecoveryCodes(deps, accountId);
    const renewed = await deps.secondFactors.renewCodes({ accountId, recoveryHashes, now: deps.now() });
    return renewed ? done(codes) : refused(NONE_ON);
  };

/** How an account proves itself beyond its password. */
export const readSecondFactor = (deps: SecondFactorDeps) => async (account: Pick<Account, 'id' | 'roles'>) => {
  const factor = await deps.secondFactors.read(account.id);
  return {
    isEnabled: factor !== undefined,
    enabledAt: factor?.enabledAt ?? null,
    recoveryCodesLeft: factor?.recoveryCodesLeft ?? 0,
    isRequired: deps.staffNeedSecondFactor && isStaff(account.roles),
  };
};

function newRecoveryCodes(deps: SecondFactorDeps, accountId: string) {
  const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(deps.randomBytes(RECOVERY_CODE_BYTES)));
  return { codes, recoveryHashes: codes.map((code) => hashOfRecovery(deps.secrets, accountId, code)) };
}

type Told = typeof events.accountSecondFactorEnabled | typeof events.accountSecondFactorDisabled;

const told = (definition: Told, account: Account, now: Date) =>
  newEvent(definition, {
    aggregateId: account.id,
    sequence: account.sequence + 1,
    data: { userId: account.id },
    now,
  });
