import type { OrderFilter } from './ports.js';

export type ExportFormat = 'CSV' | 'JSON_LINES';

/** A download that staff asked for. */
export interface OrderExport {
  readonly filter: OrderFilter;
  readonly format: ExportFormat;
}

/** Downloads by the hash of their link's secret: whoever reads the table cannot use it. */
export interface ExportStore {
  create(tokenHash: Buffer, request: OrderExport & { createdBy: string; expiresAt: Date }): Promise<void>;
  /** Undefined for an unknown link and for one whose time is over. */
  find(tokenHash: Buffer): Promise<OrderExport | undefined>;
  /** Forgets links that ended more than 30 days ago; until then they tell who took what away. */
  sweep(): Promise<void>;
}
