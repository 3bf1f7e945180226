import type { Form, FormValue } from '../core/form.js';
import { invalidRequest } from './failure.js';
import type { BillingDetails, Metadata } from './records.js';

/** Refuses parameters that the call does not have, as Stripe does: typing errors come out at once. */
export function allowOnly(form: Form, names: readonly string[]): void {
  for (const name of Object.keys(form)) {
    if (name !== 'expand' && !names.includes(name)) {
      throw invalidRequest(`Received unknown parameter: ${name}`, { code: 'parameter_unknown', param: name });
    }
  }
}

/** A text parameter; `undefined` when absent, `null` when it was sent empty (which unsets it). */
export function text(form: Form, name: string): string | null | undefined {
  const value = form[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalidRequest(`Invalid string: ${JSON.stringify(value)}`, { param: name });
  return value === '' ? null : value;
}

export function requiredText(form: Form, name: string): string {
  const value = text(form, name);
  if (value === undefined) throw missing(name);
  if (value === null) {
    throw invalidRequest(
      `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`,
      { code: 'parameter_invalid_empty', param: name },
    );
  }
  return value;
}

export function missing(param: string): ReturnType<typeof invalidRequest> {
  return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}

/** A whole number ≥ 0. */
export function integer(form: Form, name: string): number | undefined {
  const value = text(form, name);
  if (value === undefined) return undefined;
  if (value === null || !/^-?\d{1,15}$/.test(value)) {
    throw invalidRequest(`Invalid integer: ${value ?? ''}`, { code: 'parameter_invalid_integer', param: name });
  }
  const number = Number(value);
  if (number < 0) {
    throw invalidRequest('This value must be greater than or equal to 0.', {
      code: 'parameter_invalid_integer',
      param: name,
    });
  }
  return number;
}

export function flag(form: Form, name: string): boolean | undefined {
  const value = text(form, name);
  if (value === undefined || value === null) return undefined;
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw invalidRequest(`Invalid boolean: ${value}`, { param: name });
}

export function oneOf<const T extends string>(form: Form, name: string, values: readonly T[]): T | undefined {
  const value = text(form, name);
  if (value === undefined || value === null) return undefined;
  const found = values.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const last = values.at(-1) ?? '';
  throw invalidRequest(`Invalid ${name}: must be one of ${values.slice(0, -1).join(', ')}, or ${last}`, {
    param: name,
  });
}

export function object(form: Form, name: string): Form | undefined {
  const value = form[name];
  if (value === undefined || value === '') return undefined;
  if (isForm(value)) return value;
  throw invalidRequest('Invalid object', { param: name });
}

export function strings(form: Form, name: string): string[] | undefined {
  const value = form[name];
  if (value === undefined || value === '') return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw invalidRequest('Invalid array', { param: name });
}

const MAX_AMOUNT = 99_999_999;
const MIN_AMOUNT: Readonly<Record<string, number>> = { usd: 50, eur: 50, gbp: 30, chf: 50, jpy: 50, huf: 17_500 };
const SYMBOL: Readonly<Record<string, string>> = { usd: '$', eur: '€', gbp: '£', jpy: '¥' };
const ZERO_DECIMAL = new Set([
  'bif',
  'clp',
  'djf',
  'gnf',
  'jpy',
  'kmf',
  'krw',
  'mga',
  'pyg',
  'rwf',
  'ugx',
  'vnd',
  'vuv',
  'xaf',
  'xof',
  'xpf',
]);

/** `$12.50`, as Stripe writes amounts in its messages. */
export function money(amount: number, currency: string): string {
  const shown = ZERO_DECIMAL.has(currency) ? String(amount) : (amount / 100).toFixed(2);
  const symbol = SYMBOL[currency];
  return symbol === undefined ? `${shown} ${currency}` : `${symbol}${shown}`;
}

/** Checks an amount to be charged against Stripe's limits. */
export function checkAmount(amount: number, currency: string): number {
  const least = MIN_AMOUNT[currency] ?? 50;
  if (amount < least) {
    throw invalidRequest(`Amount must be at least ${money(least, currency)} ${currency}`, {
      code: 'amount_too_small',
      param: 'amount',
    });
  }
  if (amount > MAX_AMOUNT) {
    throw invalidRequest(`Amount must be no more than ${money(MAX_AMOUNT, currency)}`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  }
  return amount;
}

/** A currency code in lower case. */
export function checkCurrency(value: string): string {
  const currency = value.toLowerCase();
  if (!/^[a-z]{3}$/.test(currency)) throw invalidRequest(`Invalid currency: ${value}.`, { param: 'currency' });
  return currency;
}

/** Metadata after this request: keys sent empty are removed, `metadata=` removes all, other keys stay. */
export function metadata(form: Form, before: Metadata): Metadata {
  const sent = form.metadata;
  if (sent === undefined) return before;
  if (sent === '') return {};
  if (!isForm(sent)) throw invalidRequest('Invalid metadata: must be a hash', { param: 'metadata' });
  const next: Record<string, string> = { ...before };
  for (const [key, value] of Object.entries(sent)) {
    const param = `metadata[${key}]`;
    if (typeof value !== 'string') throw invalidRequest('Metadata values must be strings', { param });
    if (key.length > 40) {
      throw invalidRequest(
        `Metadata keys can be up to 40 characters long, however you passed a key that is ${key.length} characters.`,
        { param },
      );
    }
    if (value.length > 500) {
      throw invalidRequest(
        `Metadata values can have up to 500 characters, but you passed in a value that is ${value.length} characters. Invalid value: ${value.slice(0, 40)}...`,
        { param },
      );
    }
    if (value === '') delete next[key];
    else next[key] = value;
  }
  if (Object.keys(next).length > 50) {
    throw invalidRequest('Metadata can have up to 50 keys', { param: 'metadata' });
  }
  return next;
}

export function billingDetails(form: Form): BillingDetails | null {
  const sent = object(form, 'billing_details');
  if (sent === undefined) return null;
  return { name: text(sent, 'name') ?? null, email: text(sent, 'email') ?? null, phone: text(sent, 'phone') ?? null };
}

function isForm(value: FormValue): value is Form {
  return typeof value === 'object' && !Array.isArray(value);
}
