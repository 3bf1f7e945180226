import type { AccountForMail, Mail, Shop } from '../notification.js';
import { button, codeBox, greet, layout, paragraph } from './layout.js';

/** Welcomes a new customer and asks him to confirm the address, unless it is confirmed already. */
export function accountRegistered(shop: Shop, account: AccountForMail): Mail {
  const { confirmationToken: token } = account;
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
            ...(shop.storefrontUrl === undefined
              ? [codeBox('Your confirmation code', token)]
              : [
                  button('Confirm address', `${shop.storefrontUrl}/account/confirm?token=${encodeURIComponent(token)}`),
                ]),
          ]),
      paragraph('If you did not open this account, you can ignore this message.'),
    ],
  });
}
