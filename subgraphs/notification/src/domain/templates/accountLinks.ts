import type { AccountForMail, Mail, Shop } from '../notification.js';
import { greet, layout, linkOrCode, paragraph } from './layout.js';

/** Another link that confirms the address of an account. */
export function accountConfirmationRequested(shop: Shop, account: AccountForMail, token: string): Mail {
  return layout(shop, {
    subject: 'Confirm your e-mail address',
    heading: 'Confirm your e-mail address',
    greeting: greet(account.firstName),
    blocks: [
      paragraph(
        `Here is the confirmation of your account with ${shop.name} once more. It can be used once, within three days.`,
      ),
      linkOrCode(shop, { label: 'Confirm address', code: 'Your confirmation code', path: '/account/confirm', token }),
      paragraph('If you did not ask for it, you can ignore this message.'),
    ],
  });
}

/** The link for a new password. */
export function accountPasswordResetRequested(shop: Shop, account: AccountForMail, token: string): Mail {
  return layout(shop, {
    subject: 'Choose a new password',
    heading: 'Choose a new password',
    greeting: greet(account.firstName),
    blocks: [
      paragraph(
        `Somebody, we hope you, asked for a new password of your account with ${shop.name}. The link works once, for 30 minutes.`,
      ),
      linkOrCode(shop, { label: 'Choose a password', code: 'Your code', path: '/account/password', token }),
      paragraph('If it was not you, ignore this message: your password stays as it is.'),
    ],
  });
}

/** Tells that the password was changed, in case that somebody else did it. */
export function accountPasswordChanged(shop: Shop, account: AccountForMail): Mail {
  return layout(shop, {
    subject: 'Your password was changed',
    heading: 'Your password was changed',
    greeting: greet(account.firstName),
    blocks: [
      paragraph(
        `The password of your account with ${shop.name} was changed just now, and every other session has ended.`,
      ),
      paragraph('If it was not you, choose a new password at once with “Forgot password”, and write to us.'),
    ],
  });
}
