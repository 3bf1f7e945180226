import { scopesOf } from './roles.js';

test('support sees customers and their orders, gives money back, and changes nothing that is sold', () => {
  expect(scopesOf(['SUPPORT'])).toEqual([
    'orders:read',
    'orders:write',
    'payments:read',
    'payments:write',
    'users:read',
    'users:support',
  ]);
});

test('the catalogue manager sees neither customers nor orders nor payments', () => {
  expect(scopesOf(['CATALOGUE_MANAGER', 'CUSTOMER'])).toEqual([
    'catalog:write',
    'inventory:read',
    'inventory:write',
    'promotions:read',
    'promotions:write',
  ]);
});

test('staff do what support and catalogue manager do together; only administrators grant roles, read the audit log and operate', () => {
  expect(scopesOf(['STAFF'])).toEqual([...scopesOf(['SUPPORT', 'CATALOGUE_MANAGER']), 'ops:read'].sort());
  const more = scopesOf(['ADMIN']).filter((scope) => !scopesOf(['STAFF']).includes(scope));
  expect(more).toEqual(['audit:read', 'ops:write', 'users:write']);
  expect(scopesOf(['CUSTOMER'])).toEqual([]);
});
