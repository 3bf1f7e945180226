import { type GraphMoney, money, toGraph } from '@souk/money';

/** Minor units as the graph's Money. */
export function graphMoney(centAmount: number, currencyCode: string): GraphMoney {
  return toGraph(money(centAmount, currencyCode));
}
