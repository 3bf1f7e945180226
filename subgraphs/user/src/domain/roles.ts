import type { Role } from './account.js';

/** Orders and payments of customers, refunds with them, and their accounts. */
const SUPPORT = [
  'orders:read',
  'orders:write',
  'payments:read',
  'payments:write',
  'users:read',
  'users:support',
] as const;

/** What is sold, how much of it there is, and at which price. */
const CATALOGUE = [
  'catalog:write',
  'inventory:read',
  'inventory:write',
  'promotions:read',
  'promotions:write',
] as const;

/** A shop's whole daily work. */
const DAILY = [...SUPPORT, ...CATALOGUE, 'ops:read'] as const;

/** What each role allows. Customers need no scope: what is theirs is theirs by ownership. */
const SCOPES: Readonly<Record<Role, readonly string[]>> = {
  CUSTOMER: [],
  SUPPORT,
  CATALOGUE_MANAGER: CATALOGUE,
  STAFF: DAILY,
  ADMIN: [...DAILY, 'users:write', 'audit:read', 'ops:write'],
};

/** The scopes of these roles together, sorted, each once. */
export function scopesOf(roles: readonly Role[]): string[] {
  return [...new Set(roles.flatMap((role) => SCOPES[role]))].sort();
}
