/** What one id holds of one variant. */
interface Held {
  readonly quantity: number;
  readonly state: 'ACTIVE' | 'RELEASED' | 'COMMITTED' | 'CANCELLED';
  readonly reservedAt: number;
}

interface Line {
  readonly variantId: string;
  readonly quantity: number;
}

export interface StockOutcome {
  readonly outcome: 'RESERVED' | 'COMMITTED' | 'RELEASED' | 'INSUFFICIENT_STOCK' | 'RESERVATION_MISMATCH';
  readonly short: readonly { readonly variantId: string; readonly available: number }[];
}

const answer = (outcome: StockOutcome['outcome'], short: StockOutcome['short'] = []): StockOutcome => ({
  outcome,
  short,
});

/** The stock functions of prisma/product/migrations, in memory. Each call is one transaction. */
export function stockModel(onHand: Readonly<Record<string, number>>, now: () => number) {
  const variants = new Map<string, { onHand: number; reserved: number; sold: number }>();
  for (const [id, units] of Object.entries(onHand)) variants.set(id, { onHand: units, reserved: 0, sold: 0 });
  const held = new Map<string, Map<string, Held>>();
  const closed = new Set<string>();
  const inbox = new Set<string>();

  const of = (id: string): Map<string, Held> => held.get(id) ?? new Map();
  const variant = (id: string) => {
    const found = variants.get(id);
    if (found === undefined) throw new Error(`there is no variant ${id}`);
    return found;
  };
  const available = (id: string): number => Math.max(0, variant(id).onHand - variant(id).reserved);
  const some = (id: string, state: Held['state']): boolean => [...of(id).values()].some((one) => one.state === state);
  const summed = (lines: readonly Line[]): Map<string, number> => {
    const sums = new Map<string, number>();
    for (const { variantId, quantity } of lines) sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
    return sums;
  };
  const shortOf = (wanted: Iterable<readonly [string, number]>) =>
    [...wanted].flatMap(([variantId, quantity]) =>
      available(variantId) < quantity ? [{ variantId, available: available(variantId) }] : [],
    );

  function commitOne(id: string): StockOutcome {
    const rows = [...of(id)].filter(([, one]) => one.state !== 'CANCELLED');
    if (rows.length === 0) return answer('RELEASED');
    if (some(id, 'COMMITTED')) return answer('COMMITTED');
    if (!some(id, 'ACTIVE')) {
      const short = shortOf(rows.map(([variantId, { quantity }]) => [variantId, quantity] as const));
      if (short.length > 0) return answer('INSUFFICIENT_STOCK', short);
      for (const [variantId, { quantity }] of rows) variant(variantId).reserved += quantity;
    }
    for (const [variantId, one] of rows) {
      variant(variantId).onHand -= one.quantity;
      variant(variantId).reserved -= one.quantity;
      variant(variantId).sold += one.quantity;
      of(id).set(variantId, { ...one, state: 'COMMITTED' });
    }
    return answer('COMMITTED');
  }

  const functions = {
    reserve(id: string, lines: readonly Line[]): StockOutcome {
      const wanted = summed(lines);
      const rows = [...of(id)].filter(([, { state }]) => state === 'ACTIVE' || state === 'COMMITTED');
      if (rows.length > 0) {
        const same = rows.length === wanted.size && rows.every(([key, { quantity }]) => wanted.get(key) === quantity);
        if (!same) return answer('RESERVATION_MISMATCH');
        if (some(id, 'COMMITTED')) return answer('COMMITTED');
        for (const [variantId, one] of rows) of(id).set(variantId, { ...one, reservedAt: now() });
        return answer('RESERVED');
      }
      if (closed.has(id)) return answer('RELEASED');
      const short = shortOf(wanted);
      if (short.length > 0) return answer('INSUFFICIENT_STOCK', short);
      const mine = new Map([...of(id)].filter(([, { state }]) => state !== 'RELEASED'));
      for (const [variantId, quantity] of wanted) {
        variant(variantId).reserved += quantity;
        mine.set(variantId, { quantity, state: 'ACTIVE', reservedAt: now() });
      }
      held.set(id, mine);
      return answer('RESERVED');
    },
    /** `asOf`: only what was reserved until then. Without it, nothing can be reserved under the id any more. */
    release(id: string, asOf?: number): StockOutcome {
      if (asOf === undefined) closed.add(id);
      for (const [variantId, one] of of(id)) {
        if (one.state !== 'ACTIVE' || (asOf !== undefined && one.reservedAt > asOf)) continue;
        variant(variantId).reserved -= one.quantity;
        of(id).set(variantId, { ...one, state: 'RELEASED' });
      }
      if (some(id, 'COMMITTED')) return answer('COMMITTED');
      return answer(some(id, 'ACTIVE') ? 'RESERVED' : 'RELEASED');
    },
    /** All of the ids or none. */
    commit(ids: readonly string[]): StockOutcome {
      const before = [...variants].map(([id, one]) => [id, { ...one }] as const);
      const heldBefore = ids.map((id) => [id, new Map(of(id))] as const);
      let last = answer('RELEASED');
      for (const id of [...ids].sort().filter((one) => of(one).size > 0)) {
        last = commitOne(id);
        if (last.outcome === 'COMMITTED') continue;
        for (const [variantId, one] of before) Object.assign(variant(variantId), one);
        for (const [undone, rows] of heldBefore) held.set(undone, rows);
        return last;
      }
      return last;
    },
    cancel(id: string): void {
      closed.add(id);
      for (const [variantId, one] of of(id)) {
        if (one.state === 'ACTIVE') variant(variantId).reserved -= one.quantity;
        if (one.state === 'COMMITTED') {
          variant(variantId).onHand += one.quantity;
          variant(variantId).sold -= one.quantity;
        }
        of(id).set(variantId, { ...one, state: 'CANCELLED' });
      }
    },
  };
  return {
    ...functions,
    variants,
    held,
    /** The inbox row and the effect, together. */
    once(eventId: string, effect: () => void): void {
      if (inbox.has(eventId)) return;
      inbox.add(eventId);
      effect();
    },
  };
}

export type StockModel = ReturnType<typeof stockModel>;
