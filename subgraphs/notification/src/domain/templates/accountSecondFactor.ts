import type { AccountForMail, Mail, Shop } from '../notification.js';
import { greet, layout, paragraph } from './layout.js';

/** Tells that signing in needs a second factor from now on, in case that somebody else switched it on. */
export function accountSecondFactorEnabled(shop: Shop, account: AccountForMail): Mail {
  return layout(shop, {
    subject: 'Two-step sign-in was switched on',
    heading: 'Two-step sign-in was switched on',
    greeting: greet(account.firstName),
    blocks: [
      paragraph(
        `From now on signing in to your account with ${shop.name} takes a code of your authenticator app, too. Every other session has ended.`,
      ),
      paragraph('Keep your recovery codes where you find them without your phone: each of them signs in once.'),
      paragraph('If it was not you, choose a new password at once with “Forgot password”, and write to us.'),
    ],
  });
}

/** Tells that the password alone signs in again, in case that somebody else switched the second factor off. */
export function accountSecondFactorDisabled(shop: Shop, account: AccountForMail): Mail {
  return layout(shop, {
    subject: 'Two-step sign-in was switched off',
    heading: 'Two-step sign-in was switched off',
    greeting: greet(account.firstName),
    blocks: [
      paragraph(
        `From now on the password alone signs in to your account with ${shop.name}. Your recovery codes are void, and other sessions have ended.`,
      ),
      paragraph('If it was not you, choose a new password at once with “Forgot password”, and write to us.'),
    ],
  });
}
