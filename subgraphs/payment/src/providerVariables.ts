import { configTypes } from '@souk/runtime';
import { z } from 'zod';

/** Variables that make sense only together: all of them are needed as soon as one is set, so that a fault names what is missing. */
const together = <S extends Record<string, z.ZodString>>(env: NodeJS.ProcessEnv, shape: S) => {
  const wanted = Object.keys(shape).some((name) => env[name] !== undefined && env[name] !== '');
  const of = ([name, type]: [string, z.ZodString]) => [name, wanted ? type : type.optional()];
  return Object.fromEntries(Object.entries(shape).map(of)) as { [K in keyof S]: z.ZodOptional<S[K]> };
};

const codes = (pattern: RegExp, what: string) =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((code) => code.trim())
        .filter((code) => code !== ''),
    )
    .refine((list) => list.every((code) => pattern.test(code)), `must be ${what}, separated by commas`);
const currencies = () => codes(/^[A-Z]{3}$/, 'currencies such as EUR,PLN');
const countries = () => codes(/^[A-Z]{2}$/, 'countries such as DE,AT');

const captureMethod = () => z.enum(['automatic', 'manual']).default('automatic');

/** An IBAN, with its check digits: money that is sent to a mistyped one is hard to get back. */
const isIban = (text: string): boolean => {
  const iban = text.replaceAll(' ', '');
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(iban)) return false;
  const digits = [...`${iban.slice(4)}${iban.slice(0, 4)}`].map((sign) => Number.parseInt(sign, 36)).join('');
  return BigInt(digits) % 97n === 1n;
};

/** The variables of the ways to pay beside Stripe: each is offered when its own are set. */
export const providerVariables = (env: NodeJS.ProcessEnv) => ({
  ...together(env, {
    PAYPAL_CLIENT_ID: z.string().min(8).describe("client id of the shop's REST app at PayPal"),
    PAYPAL_CLIENT_SECRET: z.string().min(8).describe("secret of the shop's REST app at PayPal"),
    PAYPAL_WEBHOOK_ID: z.string().min(8).describe("id of the app's webhook, whose URL is PUBLIC_URL/webhooks/paypal"),
  }),
  PAYPAL_API_BASE_URL: configTypes
    .url()
    .optional()
    .describe("https://api-m.sandbox.paypal.com for PayPal's sandbox, or a stand-in; not set: PayPal itself"),
  PAYPAL_CAPTURE_METHOD: captureMethod().describe('automatic: paying takes the money; manual: staff capture it'),

  ...together(env, {
    BANK_TRANSFER_HOLDER: z.string().min(2).max(140).describe('holder of the account that customers transfer to'),
    BANK_TRANSFER_IBAN: z.string().refine(isIban, 'must be an IBAN').describe('IBAN that customers transfer to'),
  }),
  BANK_TRANSFER_BIC: z
    .string()
    .regex(/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/, 'must be a BIC')
    .optional()
    .describe('BIC of that account, for customers abroad'),
  BANK_TRANSFER_BANK_NAME: z.string().max(140).optional().describe('name of the bank'),
  BANK_TRANSFER_WINDOW_DAYS: configTypes
    .integer(14, { min: 1, max: 60 })
    .describe('how long an order, and its stock, wait for a bank transfer'),
  BANK_TRANSFER_CURRENCIES: currencies().describe('currencies that it is offered for; not set: all'),
  BANK_TRANSFER_COUNTRIES: countries().describe('countries that it is offered to; not set: all'),
  BANK_TRANSFER_MOST: configTypes.integer(0, { min: 0 }).describe('largest order, in whole units; 0: any'),

  CASH_ON_DELIVERY: configTypes.boolean(false).describe('whether customers may pay when the goods arrive'),
  CASH_ON_DELIVERY_CURRENCIES: currencies().describe('currencies that it is offered for; not set: all'),
  CASH_ON_DELIVERY_COUNTRIES: countries().describe('countries that it is offered to; not set: all'),
  CASH_ON_DELIVERY_MOST: configTypes.integer(0, { min: 0 }).describe('largest order, in whole units; 0: any'),
});
