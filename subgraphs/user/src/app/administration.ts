import { type EventEnvelope, events, newEvent } from '@souk/events';
import type { Account, DeactivationReason, Role } from '../domain/account.js';
import { accountError, done, type Result, refused } from '../domain/accountError.js';
import { isStaff } from '../domain/grantedRoles.js';
import { type AuditEntry, auditEntry } from './audit.js';
import { type CheckPasswordDeps, checkPassword } from './checkPassword.js';
import { proveSecondFactor, type SecondFactorProofDeps } from './proveOwner.js';
import type { Client } from './sessions.js';

/** What becomes of an account. What was issued to it before is void from then on. */
export interface AccountChange {
  readonly roles: readonly Role[];
  readonly isActive: boolean;
  readonly deactivatedAt: Date | null;
  readonly deactivationReason: DeactivationReason | null;
  readonly endSessions: boolean;
  /** Switches the second factor off. */
  readonly resetSecondFactor: boolean;
  readonly now: Date;
  readonly audit: AuditEntry;
  readonly events: readonly EventEnvelope[];
}

export interface Administration {
  /**
   * Decides about an account while it and every active administrator are locked, so that no two decisions together leave the shop without one.
   * Change, audit entry and events are one transaction; `undefined` writes nothing.
   */
  change(
    id: string,
    decide: (account: Account | undefined, otherAdmins: number) => Result<AccountChange | undefined>,
  ): Promise<Result<AccountChange | undefined>>;
}

export interface AdministrationDeps extends CheckPasswordDeps, SecondFactorProofDeps {
  readonly administration: Administration;
  readonly accounts: { readMany(ids: readonly string[]): Promise<Account[]> };
  readonly announceVoid: () => Promise<void>;
}

/** Who does it. `mayGrant`: may change what others of the staff may do. */
export interface Actor {
  readonly id: string;
  readonly mayGrant: boolean;
}

const NO_ACCOUNT = refused(accountError('NOT_FOUND', 'There is no such account.', ['userId']));
const LAST_ADMIN = accountError(
  'LAST_ADMIN',
  'This is the last administrator. Make somebody else administrator first.',
  ['userId'],
);

const isLastAdmin = (account: Account, otherAdmins: number): boolean =>
  account.isActive && account.roles.includes('ADMIN') && otherAdmins === 0;

/** Writes the decision, and has what was issued before forgotten at once. */
async function apply(
  deps: AdministrationDeps,
  id: string,
  decide: Parameters<Administration['change']>[1],
): Promise<Result<string>> {
  const result = await deps.administration.change(id, decide);
  if (!result.ok) return result;
  if (result.value) await deps.announceVoid();
  return done(id);
}

const unchanged = (account: Account) => ({
  roles: account.roles,
  isActive: account.isActive,
  deactivatedAt: account.deactivatedAt,
  deactivationReason: account.deactivationReason,
  endSessions: false,
  resetSecondFactor: false,
  events: [],
});

/**
 * Grants exactly these roles, and always CUSTOMER. Access tokens from before are void: the next request needs a new one, which has them.
 * The last administrator stays one, also when two take it from each other at once.
 */
export const updateRoles =
  (deps: AdministrationDeps) =>
  async (command: { actorId: string; accountId: string; roles: readonly Role[] }): Promise<Result<string>> => {
    const roles: Role[] = [...new Set<Role>(['CUSTOMER', ...command.roles])];
    if (command.actorId === command.accountId && !roles.includes('ADMIN')) {
      return refused(accountError('CONFLICT', 'Nobody can take ADMIN from themselves.', ['roles']));
    }
    return apply(deps, command.accountId, (account, otherAdmins) => {
      if (!account) return NO_ACCOUNT;
      const granted = roles.filter((role) => !account.roles.includes(role));
      const revoked = account.roles.filter((role) => !roles.includes(role));
      if (granted.length + revoked.length === 0) return done(undefined);
      if (revoked.includes('ADMIN') && isLastAdmin(account, otherAdmins)) return refused(LAST_ADMIN);
      const now = deps.now();
      const codes = [...granted.map((role) => `granted.${role}`), ...revoked.map((role) => `revoked.${role}`)];
      const { actorId, accountId: subjectId } = command;
      const audit = auditEntry({ action: 'userRolesUpdate', actorId, subjectId, codes, now });
      return done({ ...unchanged(account), roles, now, audit });
    });
  };

/** Ends all sessions of somebody else, for staff. */
export const revokeSessionsOf =
  (deps: AdministrationDeps) =>
  (command: { actor: Actor; accountId: string }): Promise<Result<string>> =>
    apply(deps, command.accountId, (account) => {
      if (!account) return NO_ACCOUNT;
      if (isStaff(account.roles) && !command.actor.mayGrant) return refused(ONLY_ADMINS);
      const now = deps.now();
      const { actor, accountId: subjectId } = command;
      const audit = auditEntry({ action: 'userSessionsRevoke', actorId: actor.id, subjectId, now });
      return done({ ...unchanged(account), endSessions: true, now, audit });
    });

/**
 * Switches off the second factor of somebody who has lost the device and the recovery codes, for staff: the password alone signs in again. Ends all
 * sessions, and the owner is told by mail. Nobody can do this to themselves: a session that was stolen must not.
 */
export const resetSecondFactor =
  (deps: AdministrationDeps) =>
  async (command: { actor: Actor; accountId: string }): Promise<Result<string>> => {
    const { actor, accountId: subjectId } = command;
    if (actor.id === subjectId) {
      return refused(accountError('CONFLICT', 'Switch your own second factor off with a code.', ['userId']));
    }
    return apply(deps, subjectId, (account) => {
      if (!account) return NO_ACCOUNT;
      if (isStaff(account.roles) && !actor.mayGrant) return refused(ONLY_ADMINS);
      if (!account.secondFactor) return done(undefined);
      const now = deps.now();
      const event = newEvent(events.accountSecondFactorDisabled, {
        aggregateId: subjectId,
        sequence: account.sequence + 1,
        data: { userId: subjectId },
        now,
      });
      const audit = auditEntry({ action: 'userSecondFactorReset', actorId: actor.id, subjectId, now });
      return done({ ...unchanged(account), endSessions: true, resetSecondFactor: true, now, audit, events: [event] });
    });
  };

const ONLY_ADMINS = accountError('FORBIDDEN', 'Only an administrator may do this with an account of the staff.', [
  'userId',
]);

/**
 * Disables an account for a reason, or enables it again, for staff. Disabling ends its sessions and voids its access tokens at once, and is told by
 * mail. Repeating it changes nothing.
 */
export const setAccountActive =
  (deps: AdministrationDeps) =>
  async (command: {
    actor: Actor;
    accountId: string;
    isActive: boolean;
    reason: DeactivationReason | undefined;
  }): Promise<Result<string>> => {
    const { actor, accountId, isActive, reason } = command;
    if (actor.id === accountId && !isActive) {
      return refused(accountError('CONFLICT', 'Nobody can disable themselves this way.', ['userId']));
    }
    if (!isActive && reason === undefined) {
      return refused(accountError('REQUIRED', 'Say for which reason the account is disabled.', ['reason']));
    }
    return apply(deps, accountId, (account, otherAdmins) => {
      if (!account) return NO_ACCOUNT;
      if (isStaff(account.roles) && !actor.mayGrant) return refused(ONLY_ADMINS);
      if (account.isActive === isActive) return done(undefined);
      if (!isActive) return deactivation(account, otherAdmins, deps.now(), actor.id, reason ?? 'OTHER');
      const now = deps.now();
      const audit = auditEntry({
        action: 'userActiveSet',
        actorId: actor.id,
        subjectId: accountId,
        codes: ['ENABLED'],
        now,
      });
      return done({ ...unchanged(account), isActive: true, deactivatedAt: null, deactivationReason: null, now, audit });
    });
  };

/** Disables the own account, with the password once more. Staff can enable it again; nothing is deleted. */
export const deactivateOwnAccount =
  (deps: AdministrationDeps) =>
  async (command: {
    accountId: string;
    password: string;
    code: string | null | undefined;
    client: Client;
  }): Promise<Result<string>> => {
    const { accountId, password, code, client } = command;
    const [account] = await deps.accounts.readMany([accountId]);
    if (!account?.isActive) return refused(accountError('NOT_FOUND', 'There is no such account.'));
    const checked = await checkPassword(deps)({ account, password, client, field: ['password'] });
    if (!checked.ok) return checked;
    const proved = await proveSecondFactor(deps, account, code);
    if (!proved.ok) return proved;
    return apply(deps, accountId, (current, otherAdmins) => {
      if (!current) return NO_ACCOUNT;
      if (!current.isActive) return done(undefined);
      return deactivation(current, otherAdmins, deps.now(), accountId, 'OWNER');
    });
  };

function deactivation(
  account: Account,
  otherAdmins: number,
  now: Date,
  actorId: string,
  reason: DeactivationReason,
): Result<AccountChange> {
  if (isLastAdmin(account, otherAdmins)) return refused(LAST_ADMIN);
  const action = reason === 'OWNER' ? 'accountDeactivate' : 'userActiveSet';
  const event = newEvent(events.accountDeactivated, {
    aggregateId: account.id,
    sequence: account.sequence + 1,
    data: { userId: account.id, reason },
    now,
  });
  return done({
    ...unchanged(account),
    isActive: false,
    deactivatedAt: now,
    deactivationReason: reason,
    endSessions: true,
    now,
    audit: auditEntry({ action, actorId, subjectId: account.id, codes: ['DISABLED', reason], now }),
    events: [event],
  });
}
