/** The states of a return. */
export type ReturnStatus = 'REQUESTED' | 'APPROVED' | 'DECLINED' | 'RECEIVED' | 'CLOSED' | 'CANCELLED';

export type ReturnTransition = 'APPROVE' | 'DECLINE' | 'CANCEL' | 'RECEIVE' | 'CLOSE';
export type ReturnActor = 'customer' | 'staff' | 'system';

interface ReturnRule {
  readonly from: readonly ReturnStatus[];
  readonly to: ReturnStatus;
  readonly by: readonly ReturnActor[];
}

/** The state machine of a return; docs/order-states.md is drawn from it. */
export const RETURN_TRANSITIONS: Readonly<Record<ReturnTransition, ReturnRule>> = {
  APPROVE: { from: ['REQUESTED'], to: 'APPROVED', by: ['staff'] },
  DECLINE: { from: ['REQUESTED'], to: 'DECLINED', by: ['staff'] },
  /** Before the goods are there: the customer keeps them. */
  CANCEL: { from: ['REQUESTED', 'APPROVED'], to: 'CANCELLED', by: ['customer', 'staff'] },
  /** The goods are there and were inspected. */
  RECEIVE: { from: ['APPROVED'], to: 'RECEIVED', by: ['staff'] },
  /** The money is back, or there is none to give back; or staff gave it back otherwise. */
  CLOSE: { from: ['RECEIVED'], to: 'CLOSED', by: ['staff', 'system'] },
};

/** Whether the table allows this step to this actor. */
export function returnMay(transition: ReturnTransition, status: ReturnStatus, by: ReturnActor): boolean {
  const rule = RETURN_TRANSITIONS[transition];
  return rule.from.includes(status) && rule.by.includes(by);
}

/** Whether goods are still expected: their units cannot be asked back a second time. */
export const isExpected = (status: ReturnStatus): boolean => status === 'REQUESTED' || status === 'APPROVED';

/** Whether something is still to happen. */
export const isOpen = (status: ReturnStatus): boolean => isExpected(status) || status === 'RECEIVED';
