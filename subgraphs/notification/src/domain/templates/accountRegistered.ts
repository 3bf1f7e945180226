import type { AccountForMail, Mail, Shop } from '../notification.js';
import { greet, layout, linkOrCode, paragraph } from './layout.js';

/** Welcomes a new customer and asks him to confirm the address, unless it is confirmed already. */
export function accountRegistered(shop: Shop, account: AccountForMail): Mail {
  const { token } = account;
  return layout(shop, {
    subject: `Welcome to ${shop.name}`,
    heading: 'Welcome',
    greeting: greet(account.firstName),
    blocks: [
      paragraph(`Your account with ${shop.name} is ready.`),
      ...(token === null
        ? []
        : [
            paragraph(
              'Please confirm that this e-mail address is yours. The confirmation can be used once, within three days.',
            ),
            linkOrCode(shop, {
              label: 'Confirm address',
              code: 'Your confirmation code',
              path: '/account/confirm',
              token,
            }),
          ]),
      paragraph('If you did not open this account, you can ignore this message.'),
    ],
  });
}
