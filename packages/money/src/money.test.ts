import fc from 'fast-check';
import {
  add,
  allocate,
  compare,
  equals,
  format,
  fractionDigits,
  isMoney,
  money,
  multiply,
  percentage,
  splitTaxExcluded,
  splitTaxIncluded,
  subtract,
  sum,
  toDecimal,
  toGraph,
  zero,
} from './index.js';

const eur = (centAmount: number) => money(centAmount, 'EUR');
const cents = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });
const basisPoints = fc.integer({ min: 0, max: 10_000 });

test('amounts of two currencies are never combined', () => {
  const usd = money(1, 'USD');
  for (const combine of [add, subtract, compare]) {
    expect(() => combine(eur(1), usd)).toThrow(expect.objectContaining({ code: 'CURRENCY_MISMATCH' }));
  }
  expect(equals(eur(1), usd)).toBe(false);
});

test('an amount that a number cannot hold exactly is refused instead of rounded', () => {
  const unsafe = expect.objectContaining({ code: 'UNSAFE_AMOUNT' });
  expect(() => money(0.5, 'EUR')).toThrow(unsafe);
  expect(() => money(Number.NaN, 'EUR')).toThrow(unsafe);
  expect(() => add(eur(Number.MAX_SAFE_INTEGER), eur(1))).toThrow(unsafe);
  expect(() => multiply(eur(Number.MAX_SAFE_INTEGER), 2)).toThrow(unsafe);
  expect(() => multiply(eur(100), 1.5)).toThrow(unsafe);
});

test('adding and subtracting the same amount changes nothing', () => {
  fc.assert(
    fc.property(cents, cents, (a, b) => {
      expect(subtract(add(eur(a), eur(b)), eur(b))).toEqual(eur(a));
    }),
  );
});

test('minus zero never appears', () => {
  expect(Object.is(multiply(eur(-5), 0).centAmount, 0)).toBe(true);
  expect(Object.is(percentage(eur(-1), 10).centAmount, 0)).toBe(true);
  expect(Object.is(allocate(eur(-1), [1, 1])[1]?.centAmount, 0)).toBe(true);
});

test('sum of nothing is zero in the given currency', () => {
  expect(sum([], 'JPY')).toEqual(zero('JPY'));
  expect(sum([eur(1), eur(2)], 'EUR')).toEqual(eur(3));
});

test('a percentage is rounded half up, away from zero', () => {
  expect(percentage(eur(1999), 1900)).toEqual(eur(380));
  expect(percentage(eur(250), 100)).toEqual(eur(3));
  expect(percentage(eur(-250), 100)).toEqual(eur(-3));
  expect(percentage(eur(249), 100)).toEqual(eur(2));
  for (const bad of [-1, 1.5]) {
    expect(() => percentage(eur(100), bad)).toThrow(expect.objectContaining({ code: 'INVALID_RATE' }));
  }
});

test('an allocation sums exactly, and each part is within one minor unit of its share', () => {
  fc.assert(
    fc.property(cents, fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 50 }), (a, weights) => {
      const parts = allocate(eur(a), weights);
      expect(sum(parts, 'EUR')).toEqual(eur(a));
      const effective = weights.some((weight) => weight > 0) ? weights : weights.map(() => 1);
      const whole = effective.reduce((x, y) => x + y, 0);
      parts.forEach((part, index) => {
        const weight = BigInt(effective[index] ?? 0);
        const distance = BigInt(part.centAmount) * BigInt(whole) - BigInt(a) * weight;
        expect((distance < 0n ? -distance : distance) < BigInt(whole)).toBe(true);
        if (weight === 0n) expect(part.centAmount).toBe(0);
      });
    }),
  );
});

test('the odd cent goes to the largest remainder, then to the earlier part', () => {
  expect(allocate(eur(100), [1, 1, 1])).toEqual([eur(34), eur(33), eur(33)]);
  expect(allocate(eur(10), [1, 0, 2])).toEqual([eur(3), eur(0), eur(7)]);
  expect(allocate(eur(5), [0, 0])).toEqual([eur(3), eur(2)]);
  for (const bad of [[], [-1], [0.5]]) {
    expect(() => allocate(eur(1), bad)).toThrow(expect.objectContaining({ code: 'INVALID_WEIGHTS' }));
  }
});

test('net plus tax is gross, from either side', () => {
  expect(splitTaxIncluded(eur(11900), 1900)).toEqual({ net: eur(10000), tax: eur(1900), gross: eur(11900) });
  expect(splitTaxIncluded(eur(999), 2000)).toEqual({ net: eur(832), tax: eur(167), gross: eur(999) });
  expect(splitTaxExcluded(eur(999), 2000)).toEqual({ net: eur(999), tax: eur(200), gross: eur(1199) });
  fc.assert(
    fc.property(cents, basisPoints, (a, bps) => {
      for (const split of [splitTaxIncluded(eur(a), bps), splitTaxExcluded(eur(a), bps)]) {
        expect(add(split.net, split.tax)).toEqual(split.gross);
      }
    }),
  );
});

test('the tax found in a gross price is the tax that was added to its net price', () => {
  fc.assert(
    fc.property(fc.nat({ max: 100_000_000 }), basisPoints, (net, bps) => {
      const { gross, tax } = splitTaxExcluded(eur(net), bps);
      expect(Math.abs(splitTaxIncluded(gross, bps).tax.centAmount - tax.centAmount)).toBeLessThanOrEqual(1);
    }),
  );
});

test('minor units follow ISO 4217, not the locale data', () => {
  expect(['EUR', 'JPY', 'VND', 'KWD', 'CLF', 'ALL', 'HUF', 'LAK'].map(fractionDigits)).toEqual([
    2, 0, 0, 3, 4, 2, 2, 2,
  ]);
  for (const bad of ['XYQ', 'eur', '', '__proto__']) {
    expect(() => fractionDigits(bad)).toThrow(expect.objectContaining({ code: 'CURRENCY_UNKNOWN' }));
  }
});

test('decimal strings are exact', () => {
  expect(toDecimal(eur(1999))).toBe('19.99');
  expect(toDecimal(eur(5))).toBe('0.05');
  expect(toDecimal(eur(-5))).toBe('-0.05');
  expect(toDecimal(money(500, 'JPY'))).toBe('500');
  expect(toDecimal(money(1, 'KWD'))).toBe('0.001');
  expect(toDecimal(eur(Number.MAX_SAFE_INTEGER))).toBe('90071992547409.91');
  fc.assert(
    fc.property(cents, (a) => {
      expect(Number(toDecimal(eur(a)).replace('.', ''))).toBe(a === 0 ? 0 : a);
    }),
  );
});

test('formatting is for people and exact at any size', () => {
  expect(format(eur(1999))).toBe('€19.99');
  expect(format(money(500, 'JPY'))).toBe('¥500');
  expect(format(eur(Number.MAX_SAFE_INTEGER))).toBe('€90,071,992,547,409.91');
  expect(format(eur(1999), 'de').replace(/\s/u, ' ')).toBe('19,99 €');
});

test('the graph sees minor units, digits and the decimal string', () => {
  expect(toGraph(eur(1999))).toEqual({ centAmount: 1999, currencyCode: 'EUR', fractionDigits: 2, amount: '19.99' });
});

test('what a client sent is money only when it is whole and in a known currency', () => {
  expect(isMoney({ centAmount: 1, currencyCode: 'EUR' })).toBe(true);
  for (const bad of [null, 1, {}, { centAmount: 1.5, currencyCode: 'EUR' }, { centAmount: 1, currencyCode: 'XYQ' }]) {
    expect(isMoney(bad)).toBe(false);
  }
});
