import { z } from 'zod';

/** A Souk id of one kind, e.g. `idOf('ord')`; the length cap keeps a wrong value from being carried around. */
export const idOf = (prefix: string) =>
  z
    .string()
    .max(64)
    .regex(new RegExp(`^${prefix}_[0-9A-Za-z_-]+$`), `must be an id that starts with ${prefix}_`);

/**
 * A machine-readable word such as `PAYMENT_WINDOW_PASSED` or `card_declined`. Free text is refused on purpose: what people type
 * ("cancelled, Mrs Miller moved to …") is personal data, and events carry none.
 */
export const code = () => z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'must be a code, not free text');

/** ISO 4217. */
export const currencyCode = () => z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 currency code');

/** An amount in minor units of its currency, zero or more. */
export const centAmount = () => z.int().nonnegative();

/** What a payment is for: an order, or an edit that made it dearer. Null from older producers: the order. */
export const purposeId = () =>
  z
    .union([idOf('ord'), idOf('oed')])
    .nullable()
    .default(null);

/** The number customers see on an order, e.g. `S-10042`. */
export const orderNumber = () => z.string().min(1).max(32);

/** An instant, ISO 8601 with offset; producers write UTC. */
export const instant = () => z.iso.datetime({ offset: true });

/** How many units, at least one. */
export const quantity = () => z.int().positive();

/** Under which ids stock is held for an order: its own, edits' (`oed_…`), exchanges' (`rtn_…`). Empty: the order's own. */
export const stockIds = () =>
  z
    .array(
      z
        .string()
        .max(64)
        .regex(/^(ord|oed|rtn)_[0-9A-Za-z_-]+$/),
    )
    .max(200)
    .default([]);

/** Whether a text may stand in the audit log as what an action was done to: ids of ours and of providers, and nothing that a person writes. */
export const isSubjectId = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$/.test(text);
