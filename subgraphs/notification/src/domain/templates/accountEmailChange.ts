import type { AccountForMail, Mail, Shop } from '../notification.js';
import { greet, layout, linkOrCode, paragraph } from './layout.js';

/** To whoever receives mail at the new address. No name: nobody knows yet whose address it is. */
export function accountEmailChangeRequested(shop: Shop, token: string): Mail {
  return layout(shop, {
    subject: 'Confirm your new e-mail address',
    heading: 'Confirm your new e-mail address',
    greeting: greet(null),
    blocks: [
      paragraph(
        `An account with ${shop.name} shall have this e-mail address from now on. The link works once, for 24 hours; until it is opened nothing changes.`,
      ),
      linkOrCode(shop, { label: 'Confirm address', code: 'Your confirmation code', path: '/account/email', token }),
      paragraph('If you did not ask for it, ignore this message.'),
    ],
  });
}

/** To the owner of the account that has the address already; whoever asked is not told. */
export function accountEmailTaken(shop: Shop): Mail {
  return layout(shop, {
    subject: 'Your e-mail address was entered for another account',
    heading: 'Your e-mail address was entered for another account',
    greeting: greet(null),
    blocks: [
      paragraph(
        `Somebody wants to use this e-mail address for another account with ${shop.name}. It belongs to your account, and nothing has changed.`,
      ),
      paragraph('If it was you: sign in to the account that has this address, or choose another one.'),
    ],
  });
}

/** To the old address, with the way back. */
export function accountEmailChanged(shop: Shop, account: AccountForMail, token: string): Mail {
  return layout(shop, {
    subject: 'Your e-mail address was changed',
    heading: 'Your e-mail address was changed',
    greeting: greet(account.firstName),
    blocks: [
      paragraph(`Your account with ${shop.name} has another e-mail address now; messages no longer come here.`),
      paragraph(
        'If it was not you, take the change back, within seven days: this address is the account’s again, everybody is signed out, and we mail you a link for a new password.',
      ),
      linkOrCode(shop, { label: 'Take the change back', code: 'Your code', path: '/account/email/undo', token }),
    ],
  });
}

/** The account was disabled, by its owner or by the shop. */
export function accountDeactivated(shop: Shop, account: AccountForMail): Mail {
  return layout(shop, {
    subject: 'Your account was disabled',
    heading: 'Your account was disabled',
    greeting: greet(account.firstName),
    blocks: [
      paragraph(
        `Your account with ${shop.name} was disabled just now, and all its sessions have ended. Nothing was deleted; orders that you have placed go on.`,
      ),
      paragraph('Write to us if you want it back, or if you have not asked for it.'),
    ],
  });
}
