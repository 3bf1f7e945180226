import type { Address } from './order.js';

/** What an order says instead of its customer's address, once he has deleted his account. Nobody gets mail there (RFC 6761). */
export const ERASED_EMAIL = 'erased@erased.invalid';
const ERASED = '—';

/** What is left of an address: where the order's taxes are due. The country is added to it. */
export const ERASED_ADDRESS: Omit<Address, 'countryCode'> = {
  fullName: ERASED,
  company: null,
  streetLine1: ERASED,
  streetLine2: null,
  city: ERASED,
  region: null,
  postalCode: null,
  phone: null,
};

/** Whether an order no longer says whose it was. */
export const isErased = (order: { readonly email: string }): boolean => order.email === ERASED_EMAIL;
