import { decideClosingByHand } from '../domain/decideReturn.js';
import { changeReturn } from './changeReturn.js';
import type { ChangeWholeDeps, WholeResult } from './changeWhole.js';
import type { Clock } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/**
 * Closes a received return whose money was given back otherwise than by a refund: in cash, or because what was authorized for it is not
 * captured. Moves no money and publishes nothing. The caller has checked that the viewer is staff.
 */
export const closeReturnByHand =
  (deps: ChangeWholeDeps & { readonly clock: Clock }) =>
  (id: string): Promise<WholeResult> =>
    changeReturn(deps)(id, (order, back) => {
      const now = deps.clock();
      const data = { returnId: id, number: back.number };
      return {
        step: decideClosingByHand(order, back, now),
        tell: () => ({ timeline: [timelineEntry('RETURN_CLOSED', now, { data })], published: [] }),
      };
    });
