import type { Role } from './account.js';
import { grantedRoles } from './grantedRoles.js';

const STAFF: readonly Role[] = ['CUSTOMER', 'ADMIN'];
test.each`
  secondFactor | secondFactorPassed | staffNeedSecondFactor | granted
  ${false}     | ${false}           | ${false}              | ${STAFF}
  ${false}     | ${false}           | ${true}               | ${['CUSTOMER']}
  ${true}      | ${false}           | ${false}              | ${['CUSTOMER']}
  ${true}      | ${false}           | ${true}               | ${['CUSTOMER']}
  ${true}      | ${true}            | ${false}              | ${STAFF}
  ${true}      | ${true}            | ${true}               | ${STAFF}
`(
  'staff: on $secondFactor, passed $secondFactorPassed, needed $staffNeedSecondFactor',
  ({ secondFactor, secondFactorPassed, staffNeedSecondFactor, granted }) => {
    const account = { roles: STAFF, secondFactor };
    expect(grantedRoles(account, { secondFactorPassed }, { staffNeedSecondFactor })).toEqual(granted);
  },
);

test('customers need no second factor, whatever staff need', () => {
  const account = { roles: ['CUSTOMER'] as const, secondFactor: false };
  expect(grantedRoles(account, { secondFactorPassed: false }, { staffNeedSecondFactor: true })).toEqual(['CUSTOMER']);
});
