import type { Role } from './account.js';

const STAFF_SCOPES = [
  'catalog:write',
  'inventory:read',
  'inventory:write',
  'orders:read',
  'orders:write',
  'payments:read',
  'payments:write',
  'promotions:read',
  'promotions:write',
  'users:read',
  'ops:read',
] as const;

/** What each role allows. Customers need no scope: what is theirs is theirs by ownership. */
const SCOPES: Readonly<Record<Role, readonly string[]>> = {
  CUSTOMER: [],
  STAFF: STAFF_SCOPES,
  ADMIN: [...STAFF_SCOPES, 'users:write', 'ops:write'],
};

/** The scopes of these roles together, sorted, each once. */
export function scopesOf(roles: readonly Role[]): string[] {
  return [...new Set(roles.flatMap((role) => SCOPES[role]))].sort();
}
