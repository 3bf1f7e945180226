import { sampleAccount, sampleOrder, sampleParcel, sampleReturn } from '../../testing/samples.js';
import { accountRegistered } from './accountRegistered.js';
import { accountMail, type OrderTemplate, orderMail, orderSms } from './index.js';

const shop = { name: 'Souk' };
const eur = (centAmount: number) => ({ centAmount, currencyCode: 'EUR' });
const TEMPLATES: OrderTemplate[] = [
  'order.placed',
  'order.confirmed',
  'order.expired',
  'order.cancelled',
  'order.edited',
  'order.edit_proposed',
  'fulfillment.shipped',
  'fulfillment.delivered',
  'return.requested',
  'return.approved',
  'return.declined',
  'return.received',
  'payment.refunded',
];

test('the confirmation shows every line and how they add up, in the customer’s way of writing', () => {
  const mail = orderMail('order.confirmed', shop, sampleOrder(), {});
  expect(mail.subject).toBe('Your order 261122-K7Q2M9XD is confirmed');
  for (const text of [mail.text, mail.html]) {
    expect(text).toContain('Linen shirt');
    expect(text).toContain('Blue, M');
    expect(text).toContain('SHIRT-BL-M');
    expect(text).toContain('Wool socks');
    expect(text.replace(/\u00a0/g, ' ')).toContain('99,90 €');
    expect(text.replace(/\u00a0/g, ' ')).toContain('−11,19 €');
    expect(text.replace(/\u00a0/g, ' ')).toContain('4,90 €');
    expect(text.replace(/\u00a0/g, ' ')).toContain('105,61 €');
    expect(text).toContain('Hauptstraße 1');
    expect(text).toContain('10115 Berlin');
  }
});

test('amounts have as many digits as their currency', () => {
  const yen = (centAmount: number) => ({ centAmount, currencyCode: 'JPY' });
  const order = sampleOrder({
    locale: 'ja-JP',
    total: yen(12_000),
    subtotal: yen(12_000),
    tax: yen(0),
    shipping: yen(0),
    discount: yen(0),
    lines: [],
  });
  expect(orderMail('order.confirmed', shop, order, {}).text).toContain('12,000');
  expect(orderMail('order.confirmed', shop, order, {}).text).not.toContain('120.00');
});

test('a locale that does not exist costs nobody his mail', () => {
  expect(orderMail('order.placed', shop, sampleOrder({ locale: 'not a locale' }), {}).text).toContain('€105.61');
});

test('tax that the prices contain is not shown as if it were added', () => {
  const { text } = orderMail('order.confirmed', shop, sampleOrder(), {});
  expect(text).toContain('Including tax: 16,86');
  const added = orderMail('order.confirmed', shop, sampleOrder({ total: eur(10_561 + 1_686) }), {});
  expect(added.text).toContain('\nTax: 16,86');
});

test('an order without discount shows none', () => {
  expect(orderMail('order.confirmed', shop, sampleOrder({ discount: eur(0) }), {}).text).not.toContain('Discount');
});

test.each(TEMPLATES)(
  '%s: what customers and merchants typed can be no HTML, no header and no line of its own',
  (template) => {
    const evil = '<script>alert(1)</script>"\'&\r\nBcc: victim@example.com\u2028\u202e';
    const order = sampleOrder({
      number: `1${evil}`,
      customerName: evil,
      locale: 'en',
      lines: [{ productName: evil, variantName: evil, sku: evil, quantity: 1, unitPrice: eur(1), total: eur(1) }],
      shippingAddress: { ...sampleOrder().shippingAddress, fullName: evil, city: evil, streetLine1: evil },
      fulfillment: {
        ...sampleParcel(),
        carrier: evil,
        trackingNumber: evil,
        lines: [{ productName: evil, variantName: evil, sku: evil, quantity: 1 }],
      },
      return: sampleReturn({
        number: evil,
        declineReason: evil,
        lines: [
          {
            productName: evil,
            variantName: evil,
            sku: evil,
            quantity: 1,
            accepted: 1,
            rejected: 0,
            exchangeName: evil,
          },
        ],
      }),
    });
    const mail = orderMail(template, { name: `Souk${evil}`, storefrontUrl: 'https://shop.example' }, order, {
      refund: eur(500),
      totals: { before: eur(500), after: eur(700) },
      due: { money: eur(200), until: '2026-11-24T10:00:00.000Z' },
    });
    expect(mail.html).not.toContain('<script');
    expect(mail.html).not.toContain('\u202e');
    expect(mail.subject).not.toMatch(/[\r\n\u2028\u202e]/);
    expect(mail.text).not.toMatch(/^Bcc:/m);
    expect(mail.text).not.toContain('\r');
  },
);

test('a mail loads nothing from anywhere', () => {
  const mail = orderMail('order.confirmed', { ...shop, storefrontUrl: 'https://shop.example' }, sampleOrder(), {});
  expect(mail.html).not.toMatch(/<img|<link|<script|url\(|@import|src=/i);
  expect(mail.html.match(/https?:\/\/[^"< ]+/g)).toEqual(['https://shop.example/orders/ord_1']);
});

test('the refund mail names the amount of the refund, not of the order', () => {
  const { text } = orderMail('payment.refunded', shop, sampleOrder({ locale: 'en' }), { refund: eur(500) });
  expect(text).toContain('€5.00');
  expect(text).not.toContain('105.61');
});

test.each([
  [{ before: eur(500), after: eur(700) }, '€7.00, €2.00 more than before.'],
  [{ before: eur(700), after: eur(500) }, '€5.00, €2.00 less than before. What you have paid too much we give back'],
  [{ before: eur(700), after: eur(700) }, '€7.00, as before.'],
])('the mail about a change says the new total and the difference: %j', (totals, said) => {
  const { text } = orderMail('order.edited', shop, sampleOrder({ locale: 'en' }), { totals });
  expect(text).toContain(`The total is now ${said}`);
  expect(text).toContain('Linen shirt');
});

test('the mail about a change that must be paid says how much, until when, and what happens otherwise', () => {
  const due = { money: eur(1_250), until: '2026-11-24T10:00:00.000Z' };
  const { text, subject } = orderMail('order.edit_proposed', shop, sampleOrder({ locale: 'en' }), { due });
  expect(subject).toBe('Please pay the change of your order 261122-K7Q2M9XD');
  expect(text).toContain('costs €12.50 more');
  expect(text).toContain('Nov 24, 2026, 10:00 AM UTC');
  expect(text).toContain('your order stays as it is');
});

test('the welcome mail has the confirmation as a link when there is a storefront, as a code when there is none, and not at all when it is not needed', () => {
  expect(accountRegistered({ ...shop, storefrontUrl: 'https://shop.example' }, sampleAccount()).text).toContain(
    'https://shop.example/account/confirm?token=tok_secret',
  );
  expect(accountRegistered(shop, sampleAccount()).text).toContain('Your confirmation code: tok_secret');
  expect(accountRegistered(shop, sampleAccount({ token: null })).text).not.toContain('confirm');
  expect(accountRegistered(shop, sampleAccount({ firstName: null })).text).toContain('Hello,');
});

test('a link for a new password says how long it works, and is not sent when it is not needed any more', () => {
  const storefront = { ...shop, storefrontUrl: 'https://shop.example' };
  const mail = accountMail('account.password_reset_requested', storefront, sampleAccount());
  expect(mail?.text).toContain('https://shop.example/account/password?token=tok_secret');
  expect(mail?.text).toContain('once, for 30 minutes');
  expect(accountMail('account.password_reset_requested', shop, sampleAccount({ token: null }))).toBeUndefined();
  expect(accountMail('account.confirmation_requested', shop, sampleAccount({ token: null }))).toBeUndefined();
});

test('the news of a changed password carries no link and no token', () => {
  const mail = accountMail(
    'account.password_changed',
    { ...shop, storefrontUrl: 'https://shop.example' },
    sampleAccount(),
  );
  expect(mail?.subject).toBe('Your password was changed');
  expect(`${mail?.text}${mail?.html}`).not.toMatch(/tok_secret|href/);
});

test.each([
  ['account.second_factor_enabled', 'Two-step sign-in was switched on', 'takes a code of your authenticator app'],
  ['account.second_factor_disabled', 'Two-step sign-in was switched off', 'the password alone signs in'],
] as const)('%s tells what it means, and what to do about it, without any link', (template, subject, means) => {
  const mail = accountMail(template, { ...shop, storefrontUrl: 'https://shop.example' }, sampleAccount());
  expect(mail?.subject).toBe(subject);
  expect(mail?.text).toContain(means);
  expect(mail?.text).toContain('If it was not you');
  expect(`${mail?.text}${mail?.html}`).not.toMatch(/tok_secret|href/);
});

test('a new address is asked for confirmation without a name, which somebody else may have chosen; nothing is sent when it is needed no more', () => {
  const storefront = { ...shop, storefrontUrl: 'https://shop.example' };
  const mail = accountMail('account.email_change_requested', storefront, sampleAccount());
  expect(mail?.text).toContain('https://shop.example/account/email?token=tok_secret');
  expect(mail?.text).toContain('once, for 24 hours');
  expect(`${mail?.text}${mail?.html}`).not.toContain('Ada');
  expect(accountMail('account.email_change_requested', shop, sampleAccount({ token: null }))).toBeUndefined();
});

test('the owner of an address that somebody else wants is told so, with neither link nor token', () => {
  const account = sampleAccount({ addressTaken: true, token: null });
  const mail = accountMail(
    'account.email_change_requested',
    { ...shop, storefrontUrl: 'https://shop.example' },
    account,
  );
  expect(mail?.subject).toBe('Your e-mail address was entered for another account');
  expect(`${mail?.text}${mail?.html}`).not.toMatch(/tok_secret|href|Ada/);
});

test('the old address gets a way back from a change, for seven days', () => {
  const mail = accountMail(
    'account.email_changed',
    { ...shop, storefrontUrl: 'https://shop.example' },
    sampleAccount(),
  );
  expect(mail?.text).toContain('https://shop.example/account/email/undo?token=tok_secret');
  expect(mail?.text).toContain('within seven days');
  expect(accountMail('account.email_changed', shop, sampleAccount({ token: null }))).toBeUndefined();
});

const about = (parts: object = {}) =>
  sampleOrder({ locale: 'en', fulfillment: sampleParcel(), return: sampleReturn(), ...parts });

test('the mail about a parcel says what is in it and where it is followed, and whether more is to come', () => {
  const { subject, text, html } = orderMail('fulfillment.shipped', shop, about(), {});
  expect(subject).toBe('Part of your order 261122-K7Q2M9XD is on its way');
  expect(text).toContain('It comes with DHL; its number is JJD 01&2.');
  expect(text).toContain('Follow your parcel: https://carrier.example/?n=JJD%2001%262');
  expect(html).toContain('href="https://carrier.example/?n=JJD%2001%262"');
  expect(text).toContain('In this parcel:\n1 × Linen shirt, Blue, M');
  expect(text).not.toContain('Wool socks');
  const whole = about({ fulfillment: { ...sampleParcel(), isWholeOrder: true, trackingUrl: null, carrier: null } });
  const all = orderMail('fulfillment.shipped', shop, whole, {});
  expect(all.subject).toBe('Your order 261122-K7Q2M9XD is on its way');
  expect(all.text).toContain('It comes; its number is JJD 01&2.');
  expect(all.text).not.toContain('Follow your parcel');
});

test('the mails about a return say what comes back, why it was declined, what was accepted, and what is given back', () => {
  const text = (template: OrderTemplate) => orderMail(template, shop, about(), {}).text;
  expect(text('return.requested')).toContain('please do not send anything yet');
  expect(text('return.approved')).toContain('Write the number 261122-K7Q2M9XD-R1 on the parcel');
  expect(text('return.declined')).toContain('It was worn.');
  expect(text('return.received')).toContain('Accepted:\n1 × Linen shirt, Blue, M');
  expect(text('return.received')).toContain('Not accepted; it goes back to you:\n1 × Linen shirt, Blue, M');
  expect(text('return.received')).toContain('You get instead:\n1 × Linen shirt, Blue, L');
  expect(text('return.received')).toContain('We refund €12.50.');
  const nothing = about({ return: sampleReturn({ refund: eur(0), lines: [] }) });
  expect(orderMail('return.received', shop, nothing, {}).text).not.toContain('refund');
});

test('a mail about a parcel or a return that its order does not have is not written', () => {
  expect(() => orderMail('fulfillment.shipped', shop, sampleOrder(), {})).toThrow('without what it tells');
  expect(() => orderMail('return.approved', shop, sampleOrder({ return: null }), {})).toThrow('without what it tells');
});

test('a text message carries the whole link or none', () => {
  expect(orderSms('fulfillment.shipped', shop, about())).toBe(
    'Souk: part of your order 261122-K7Q2M9XD is on its way. https://carrier.example/?n=JJD%2001%262',
  );
  const long = about({ fulfillment: { ...sampleParcel(), trackingUrl: `https://carrier.example/${'x'.repeat(100)}` } });
  expect(orderSms('fulfillment.shipped', shop, long)).toBe('Souk: part of your order 261122-K7Q2M9XD is on its way.');
  expect(orderSms('return.received', shop, about())).toBe(
    'Souk: your return 261122-K7Q2M9XD-R1 has arrived. We refund €12.50.',
  );
});

test('text messages tell of the confirmation, of parcels and of returns, in one line of at most 160 characters', () => {
  const told = TEMPLATES.filter((template) => orderSms(template, shop, about()) !== undefined);
  expect(told).toEqual([
    'order.confirmed',
    'fulfillment.shipped',
    'fulfillment.delivered',
    'return.requested',
    'return.approved',
    'return.declined',
    'return.received',
  ]);
  for (const template of told) {
    const text = orderSms(template, { name: `${'Very long name '.repeat(20)}\n` }, about()) ?? '';
    expect(text.length).toBeLessThanOrEqual(160);
    expect(text).not.toContain('\n');
    expect(text).toContain('261122-K7Q2M9XD');
  }
});

test('the confirmation is also a text message, of one line and at most 160 characters', () => {
  const text =
    orderSms('order.confirmed', { name: `${'Very long name '.repeat(20)}\n` }, sampleOrder({ locale: 'en' })) ?? '';
  expect(text.length).toBeLessThanOrEqual(160);
  expect(text).not.toContain('\n');
  expect(text).toContain('261122-K7Q2M9XD');
});
