import type { OrderReturn } from '../domain/return.js';
import { refuse, type WholeOrder } from '../domain/wholeOrder.js';
import { type ChangeWholeDeps, changeWhole, type Decision, nothing, type WholeResult } from './changeWhole.js';

/** As `changeWhole`, for the order of one return. */
export const changeReturn =
  (deps: ChangeWholeDeps) =>
  (id: string, decide: (order: WholeOrder, back: OrderReturn) => Decision | Promise<Decision>): Promise<WholeResult> =>
    changeWhole(deps)({ kind: 'return', id }, (order) => {
      const back = order.returns.find((one) => one.id === id);
      return back === undefined ? noSuchReturn : decide(order, back);
    });

export const noSuchReturn: Decision = { step: refuse('NOT_FOUND', 'There is no such return.'), tell: nothing };
