import type { MailedTokens } from '../app/accounts.js';
import type { AuditEntry } from '../app/audit.js';
import type { DataExport, Erasure } from '../app/personalDataPorts.js';
import type { UserFilter } from '../app/ports.js';
import type { Account, AccountAddress, Session } from '../domain/account.js';

/**
 * `own`: the account has just proved itself in this request, so the viewer may see what is its own; `staffRightsWithheld`: the session that
 * was opened for it acts as a customer's.
 */
export type UserModel = Account & { readonly own?: true; readonly staffRightsWithheld?: boolean };

export interface UserAddressModel {
  readonly of: Account;
  readonly entry: AccountAddress;
}

export type AccountDataExportModel = DataExport;
export type AccountErasureModel = Erasure;

export type SessionModel = Session & { readonly isCurrent: boolean };

/** A page of accounts; the total is counted only when it is selected. */
export interface UserConnectionModel {
  readonly accounts: readonly Account[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly filter: UserFilter;
}

/** A page of the audit log. */
export interface AuditEntryConnectionModel {
  readonly entries: readonly AuditEntry[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

export type UserForNotificationModel = Account & MailedTokens;

export function addressModels(account: Account): UserAddressModel[] {
  return account.addresses.map((entry) => ({ of: account, entry }));
}
