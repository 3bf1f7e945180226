export { allocate } from './allocate.js';
export { fractionDigits, isCurrencyCode } from './currency.js';
export { format, type GraphMoney, toDecimal, toGraph } from './decimal.js';
export { add, compare, equals, isMoney, type Money, min, money, multiply, subtract, sum, zero } from './money.js';
export { MoneyError, type MoneyErrorCode } from './moneyError.js';
export { BASIS_POINTS, percentage } from './percentage.js';
export { splitTaxExcluded, splitTaxIncluded, type TaxSplit } from './tax.js';
