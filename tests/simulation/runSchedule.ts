import { waitIn } from '@souk/runtime';
import { faults, unrest } from './checks.js';
import { randomOf } from './random.js';
import { type Mutation, openShop } from './shop.js';
import { type Shopper, shopping } from './shoppers.js';
import { type Hostility, World } from './world.js';

export interface ScheduleResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly orders: number;
  readonly faults: World['faults'];
  /** Virtual time that it took to come to rest. */
  readonly virtualMs: number;
  /** Only when it was asked for. */
  readonly trace: readonly string[];
}

/** From calm to very hostile; a schedule has one of them. */
const HOSTILITIES: readonly Hostility[] = [
  { loss: 0, slow: 0, crash: 0, duplicate: 0.1 },
  { loss: 0.02, slow: 0.03, crash: 0.005, duplicate: 0.1 },
  { loss: 0.08, slow: 0.1, crash: 0.02, duplicate: 0.2 },
  { loss: 0.2, slow: 0.2, crash: 0.05, duplicate: 0.3 },
  { loss: 0.02, slow: 0.4, crash: 0.01, duplicate: 0.3 },
];
const HOSTILE_MS = 240_000;
const HORIZON_MS = 6 * 3_600_000;

/** Plays one schedule: a few shoppers, scarce stock, faults; then peace, until everything is at rest; then looks what is wrong. */
export async function runSchedule(
  seed: number,
  o: { trace?: boolean; mutation?: Mutation } = {},
): Promise<ScheduleResult> {
  const setting = randomOf(seed ^ 0x5eed);
  const world = new World(seed, setting.pick(HOSTILITIES), o.trace ?? false);
  const restore = waitIn({
    pause: (ms) => world.sleep(ms),
    random: () => world.random.next(),
    monotonicMs: () => world.now,
  });
  try {
    const onHand = { var_lamp: 1 + setting.below(4), var_bulb: 1 + setting.below(5) };
    const shop = openShop(world, {
      onHand,
      couponLimit: 1,
      captureMethod: setting.chance(0.25) ? 'MANUAL' : 'AUTOMATIC',
      mutation: o.mutation,
    });
    const shoppers = Array.from({ length: 2 + setting.below(3) }, (_, index): Shopper => {
      const name = `s${index + 1}`;
      const lines = (['var_lamp', 'var_bulb'] as const).flatMap((variantId) => {
        const quantity = setting.below(3);
        return quantity === 0 ? [] : [line(variantId, quantity)];
      });
      const bought = lines.length > 0 ? lines : [line('var_bulb', 1)];
      const customerId = setting.chance(0.4) ? `usr_${name}` : null;
      return {
        name,
        cart: shop.carts.add(`crt_${name}`, customerId, bought, setting.chance(0.3)),
        orders: new Set(),
        busy: true,
      };
    });
    for (const shopper of shoppers) {
      shopping(world, shop, shopper)
        .catch((error: unknown) => world.log(`${shopper.name} gives up: ${String(error)}`))
        .finally(() => {
          shopper.busy = false;
        });
    }
    world.at(HOSTILE_MS, () => {
      world.hostile = false;
      world.log('peace');
    });
    const begun = world.now;
    const quiet = (): boolean =>
      !world.hostile &&
      shoppers.every(({ busy }) => !busy) &&
      world.processes.every(({ up }) => up) &&
      unrest(shop).length === 0;
    const rested = await world.run(HORIZON_MS, quiet);
    const violations = [
      ...(rested ? [] : unrest(shop).map((what) => `never at rest: ${what}`)),
      ...faults(shop, shoppers, onHand),
    ];
    return {
      seed,
      violations,
      orders: shop.orderTables.orders.size,
      faults: world.faults,
      virtualMs: world.now - begun,
      trace: world.trace,
    };
  } finally {
    restore();
  }
}

const PRICES = { var_lamp: 1_999, var_bulb: 350 } as const;

const line = (variantId: keyof typeof PRICES, quantity: number) => ({
  variantId,
  productName: variantId,
  variantName: null,
  sku: variantId,
  imageUrl: null,
  quantity,
  unitPriceCents: PRICES[variantId],
  discountCents: 0,
  taxCents: 0,
  taxBasisPoints: 0,
  totalCents: PRICES[variantId] * quantity,
});
