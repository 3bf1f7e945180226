import type { Account, Role } from './account.js';

/**
 * The roles that a session acts with. Staff whose account has a second factor, or must have one, act as customers until the
 * session has passed it: a password alone gives no staff rights then.
 */
export function grantedRoles(
  account: Pick<Account, 'roles' | 'secondFactor'>,
  session: { readonly secondFactorPassed: boolean },
  policy: { readonly staffNeedSecondFactor: boolean },
): readonly Role[] {
  const isNeeded = account.secondFactor || policy.staffNeedSecondFactor;
  return isNeeded && !session.secondFactorPassed ? ['CUSTOMER'] : account.roles;
}

/** Whether these are the roles of somebody who works for the shop. */
export const isStaff = (roles: readonly Role[]): boolean => roles.some((role) => role !== 'CUSTOMER');
