import type { EventEnvelope } from '@souk/events';

/** A service's part of an export: gzipped JSON, or null while it was not delivered. */
export interface ExportPart {
  readonly service: string;
  readonly content: Buffer | null;
}

export interface DataExport {
  readonly id: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  /** Services that have not delivered their part yet. */
  readonly waitingFor: readonly string[];
}

export interface DataExports {
  /** Those of an account that have not ended, newest first. */
  ofAccount(accountId: string, now: Date): Promise<DataExport[]>;
  /** Everything that this service knows about an account, without secrets; with the number of its last event. */
  ownPart(accountId: string): Promise<{ readonly part: object; readonly sequence: number } | undefined>;
  /** Export, own part and event in one statement. False: the account has changed meanwhile, or is gone. */
  create(o: {
    id: string;
    accountId: string;
    sequence: number;
    now: Date;
    expiresAt: Date;
    /** Who is to deliver, besides this service. */
    services: readonly string[];
    ownPart: Buffer;
    events: readonly EventEnvelope[];
  }): Promise<boolean>;
  /** Keeps the part that came first. False: there is no such export, or it asks nothing of this service. */
  deliver(o: { id: string; service: string; content: Buffer; now: Date }): Promise<boolean>;
  /** All parts of a complete export that has not ended. */
  read(id: string, now: Date): Promise<ExportPart[] | undefined>;
  /** Deletes one bounded batch of what has ended, and answers how many. */
  purge(now: Date, limit: number): Promise<number>;
}

/** What the owner of a deleted account may know. */
export interface Erasure {
  readonly id: string;
  readonly requestedAt: Date;
  readonly parts: readonly { readonly service: string; readonly erasedAt: Date | null }[];
}

/** An erasure that is due to be told again. */
export interface DueErasure {
  readonly id: string;
  readonly accountId: string;
  /** Of its last event. */
  readonly sequence: number;
  /** How often it was told. */
  readonly told: number;
  readonly isComplete: boolean;
}

export interface Erasures {
  /**
   * Deletes a customer's account with everything that hangs on it, leaves its tombstone and publishes, in one statement. False: there
   * is no such account, or it has rights of staff.
   */
  erase(o: {
    id: string;
    accountId: string;
    tokenHash: Buffer;
    services: readonly string[];
    now: Date;
    tellAt: Date;
    sequence: number;
    events: readonly EventEnvelope[];
  }): Promise<boolean>;
  byToken(tokenHash: Buffer): Promise<Erasure | undefined>;
  /** Notes, with the event's inbox row, that a service has erased its part; the first time counts. */
  acknowledge(o: { eventId: string; erasureId: string; service: string; at: Date }): Promise<void>;
  due(now: Date, limit: number): Promise<DueErasure[]>;
  /** Publishes and sets when it is told the next time, unless somebody else has done so since it was read. */
  tell(o: { erasure: DueErasure; tellAt: Date | null; events: readonly EventEnvelope[] }): Promise<void>;
}
