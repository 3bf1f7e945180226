import { type Database, sql } from '@souk/postgres';
import { type Logger, newContext, runInContext } from '@souk/runtime';
import type { RulesSource } from '../app/ports.js';
import type { Rules } from '../domain/rules.js';
import { type PromotionJson, toPromotion } from './cartRow.js';

interface MethodJson {
  id: string;
  name: string;
  estimated_days: number | null;
  rates:
    | {
        country_codes: string[];
        currency_code: string;
        min_weight_grams: number;
        max_weight_grams: number | null;
        base_cent_amount: number;
        per_kg_cent_amount: number;
        free_from_cent_amount: number | null;
      }[]
    | null;
}

const read = sql<{
  methods: MethodJson[] | null;
  taxes: { country_code: string; basis_points: number; included: boolean }[] | null;
  promotions: PromotionJson[] | null;
}>(
  'rules.read',
  `SELECT
     (SELECT json_agg(json_build_object('id', m.id, 'name', m.name, 'estimated_days', m.estimated_days, 'rates',
         (SELECT json_agg(r ORDER BY r.position, r.id) FROM shipping_rate r WHERE r.method_id = m.id)) ORDER BY m.position, m.id)
        FROM shipping_method m WHERE m.is_active) AS methods,
     (SELECT json_agg(t) FROM tax_rate t) AS taxes,
     (SELECT json_agg(p ORDER BY p.id) FROM promotion p WHERE p.code IS NULL AND p.is_active) AS promotions`,
);

/** How long rules are used before they are read again, behind the requests. */
const MAX_AGE_MS = 5_000;

/**
 * The rules in memory. They are read before the first cart is priced and again, in the background, when they are asked
 * for after `MAX_AGE_MS`; while the database is away the last ones stay in use. An order is priced with automatic
 * promotions read for it, so a stale one is never charged.
 */
export async function createRules(database: Database, logger: Logger): Promise<RulesSource> {
  let rules = await load(database);
  let readAt = Date.now();
  let reading: Promise<void> | undefined;

  function refresh(): Promise<void> {
    reading ??= load(database)
      .then((fresh) => {
        rules = fresh;
        readAt = Date.now();
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }
  return {
    current() {
      if (Date.now() - readAt > MAX_AGE_MS && !reading) {
        runInContext(newContext('background'), refresh).catch((error: unknown) => {
          readAt = Date.now();
          logger.warn({ err: error }, 'price rules cannot be read again; the last ones stay in use');
        });
      }
      return rules;
    },
    async refresh() {
      await reading?.catch(() => undefined);
      await refresh();
    },
  };
}

async function load(database: Database): Promise<Rules> {
  const [row] = await database.query(read);
  return {
    shippingMethods: (row?.methods ?? []).map((method) => ({
      id: method.id,
      name: method.name,
      estimatedDays: method.estimated_days,
      rates: (method.rates ?? []).map((rate) => ({
        countryCodes: rate.country_codes,
        currencyCode: rate.currency_code,
        minWeightGrams: rate.min_weight_grams,
        maxWeightGrams: rate.max_weight_grams,
        base: rate.base_cent_amount,
        perKg: rate.per_kg_cent_amount,
        freeFrom: rate.free_from_cent_amount,
      })),
    })),
    taxRates: new Map(
      (row?.taxes ?? []).map((tax) => [tax.country_code, { basisPoints: tax.basis_points, included: tax.included }]),
    ),
    automaticPromotions: (row?.promotions ?? []).map(toPromotion),
  };
}
