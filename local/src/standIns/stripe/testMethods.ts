/** What happens when a test payment method is charged. */
export type TestOutcome =
  | { readonly kind: 'succeeds' }
  | { readonly kind: 'disputed'; readonly reason: string }
  | { readonly kind: 'authenticates'; readonly afterwards: 'succeeds' | 'declines' }
  | { readonly kind: 'processes' }
  | { readonly kind: 'declines'; readonly code: string; readonly declineCode: string | null; readonly message: string };

export interface TestMethod {
  readonly type: 'card' | 'us_bank_account';
  readonly number: string;
  readonly brand: string;
  readonly funding: 'credit' | 'debit';
  readonly country: string;
  readonly outcome: TestOutcome;
}

const succeeds: TestOutcome = { kind: 'succeeds' };

/** A decline as Stripe words it. `generic_decline` and most others come with the code `card_declined`. */
export function decline(declineCode: string): TestOutcome & { kind: 'declines' } {
  switch (declineCode) {
    case 'insufficient_funds':
      return { kind: 'declines', code: 'card_declined', declineCode, message: 'Your card has insufficient funds.' };
    case 'expired_card':
      return { kind: 'declines', code: 'expired_card', declineCode, message: 'Your card has expired.' };
    case 'incorrect_cvc':
      return {
        kind: 'declines',
        code: 'incorrect_cvc',
        declineCode,
        message: "Your card's security code is incorrect.",
      };
    case 'processing_error':
      return {
        kind: 'declines',
        code: 'processing_error',
        declineCode,
        message: 'An error occurred while processing your card. Try again in a little bit.',
      };
    case 'authentication_required':
      return {
        kind: 'declines',
        code: 'authentication_required',
        declineCode,
        message: 'Your card was declined. This transaction requires authentication.',
      };
    default:
      return { kind: 'declines', code: 'card_declined', declineCode, message: 'Your card was declined.' };
  }
}

const card = (number: string, outcome: TestOutcome = succeeds, brand = 'visa'): TestMethod => ({
  type: 'card',
  number,
  brand,
  funding: 'credit',
  country: 'US',
  outcome,
});

/** Stripe's test payment methods (https://docs.stripe.com/testing). */
const METHODS: Readonly<Record<string, TestMethod>> = {
  pm_card_visa: card('4242424242424242'),
  pm_card_visa_debit: { ...card('4000056655665556'), funding: 'debit' },
  pm_card_mastercard: card('5555555555554444', succeeds, 'mastercard'),
  pm_card_amex: card('378282246310005', succeeds, 'amex'),
  pm_card_discover: card('6011111111111117', succeeds, 'discover'),
  pm_card_chargeDeclined: card('4000000000000002', decline('generic_decline')),
  pm_card_chargeDeclinedInsufficientFunds: card('4000000000009995', decline('insufficient_funds')),
  pm_card_chargeDeclinedLostCard: card('4000000000009987', decline('lost_card')),
  pm_card_chargeDeclinedStolenCard: card('4000000000009979', decline('stolen_card')),
  pm_card_chargeDeclinedExpiredCard: card('4000000000000069', decline('expired_card')),
  pm_card_chargeDeclinedIncorrectCvc: card('4000000000000127', decline('incorrect_cvc')),
  pm_card_chargeDeclinedProcessingError: card('4000000000000119', decline('processing_error')),
  pm_card_chargeCustomerFail: card('4000000000000341', decline('generic_decline')),
  pm_card_threeDSecureRequired: card('4000000000003063', { kind: 'authenticates', afterwards: 'succeeds' }),
  pm_card_threeDSecure2Required: card('4000000000003220', { kind: 'authenticates', afterwards: 'succeeds' }),
  pm_card_authenticationRequired: card('4000002500003155', { kind: 'authenticates', afterwards: 'succeeds' }),
  pm_card_authenticationRequiredOnSetup: card('4000002760003184', { kind: 'authenticates', afterwards: 'succeeds' }),
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: card('4000008260003178', {
    kind: 'authenticates',
    afterwards: 'declines',
  }),
  pm_card_createDispute: card('4000000000000259', { kind: 'disputed', reason: 'fraudulent' }),
  pm_usBankAccount_processing: {
    type: 'us_bank_account',
    number: '000000000009',
    brand: 'STRIPE TEST BANK',
    funding: 'debit',
    country: 'US',
    outcome: { kind: 'processes' },
  },
};

/** The test method of that name; `pm_card_visa_chargeDeclined…` is the same as `pm_card_chargeDeclined…`. */
export function testMethodNamed(name: string): string | undefined {
  const short = name.replace(/^pm_card_visa_(charge)/, 'pm_card_$1');
  return Object.hasOwn(METHODS, short) ? short : undefined;
}

/** The name of the test method with that card number (spaces ignored). */
export function testMethodNumbered(number: string): string | undefined {
  const digits = number.replaceAll(' ', '');
  return Object.keys(METHODS).find((name) => METHODS[name]?.number === digits);
}

/** Throws for a name that did not come from the two functions above. */
export function testMethod(name: string): TestMethod {
  const method = METHODS[name];
  if (method === undefined) throw new Error(`No test payment method is called ${name}.`);
  return method;
}
