/** The states of a parcel. */
export type ShipmentStatus = 'SHIPPED' | 'IN_TRANSIT' | 'DELIVERED' | 'RETURNED_TO_SENDER' | 'CANCELLED';

export type ShipmentTransition = 'MOVE' | 'DELIVER' | 'SEND_BACK' | 'TRACK' | 'CANCEL';

interface ShipmentRule {
  readonly from: readonly ShipmentStatus[];
  /** Null: the status stays. */
  readonly to: ShipmentStatus | null;
  readonly by: readonly ('staff' | 'carrier')[];
}

/** The state machine of a parcel; docs/order-states.md is drawn from it. */
export const SHIPMENT_TRANSITIONS: Readonly<Record<ShipmentTransition, ShipmentRule>> = {
  MOVE: { from: ['SHIPPED'], to: 'IN_TRANSIT', by: ['carrier'] },
  DELIVER: { from: ['SHIPPED', 'IN_TRANSIT'], to: 'DELIVERED', by: ['staff', 'carrier'] },
  SEND_BACK: { from: ['SHIPPED', 'IN_TRANSIT'], to: 'RETURNED_TO_SENDER', by: ['carrier'] },
  /** Another tracking number or carrier. */
  TRACK: { from: ['SHIPPED', 'IN_TRANSIT'], to: null, by: ['staff'] },
  /** It did not leave, or came back: its units wait for a parcel again. */
  CANCEL: { from: ['SHIPPED', 'RETURNED_TO_SENDER'], to: 'CANCELLED', by: ['staff'] },
};

/** Whether the table allows this step to this actor. */
export function shipmentMay(transition: ShipmentTransition, status: ShipmentStatus, by: 'staff' | 'carrier'): boolean {
  const rule = SHIPMENT_TRANSITIONS[transition];
  return rule.from.includes(status) && rule.by.includes(by);
}
