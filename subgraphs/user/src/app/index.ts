import { type AccountLinkDeps, requestLink, resetPassword } from './accountLinks.js';
import {
  type AccountDeps,
  accountForNotification,
  bootstrapAdmin,
  changePassword,
  listAccounts,
  registerAccount,
  updateAccount,
  verifiedEmail,
} from './accounts.js';
import { type AddressDeps, createAddress, deleteAddress, setDefaultAddress, updateAddress } from './addresses.js';
import {
  type AdministrationDeps,
  deactivateOwnAccount,
  resetSecondFactor,
  revokeSessionsOf,
  setAccountActive,
  updateRoles,
} from './administration.js';
import { answerChallenge } from './answerChallenge.js';
import { type AuditDeps, type AuditEntry, listAudit } from './audit.js';
import {
  type DataExportDeps,
  deliverDataExportPart,
  listDataExports,
  openDataExport,
  requestDataExport,
} from './dataExports.js';
import {
  confirmEmailChange,
  type EmailChangeDeps,
  emailChangeMail,
  requestEmailChange,
  undoEmailChange,
} from './emailChange.js';
import { deleteAccount, type ErasureDeps, noteErased, readErasure, tellErasuresAgain } from './erasures.js';
import { levelled } from './levelled.js';
import type { SessionStore, UserFilter } from './ports.js';
import { registerQuietly } from './registerQuietly.js';
import {
  confirmSecondFactor,
  disableSecondFactor,
  enrollSecondFactor,
  readSecondFactor,
  renewRecoveryCodes,
  type SecondFactorDeps,
} from './secondFactor.js';
import {
  confirmAccount,
  createSession,
  listSessions,
  refreshSession,
  revokeAllSessions,
  revokeSession,
  type SessionDeps,
} from './sessions.js';

export type AppDeps = AccountDeps &
  AccountLinkDeps &
  AddressDeps &
  DataExportDeps &
  ErasureDeps &
  SessionDeps &
  SecondFactorDeps &
  AdministrationDeps &
  AuditDeps &
  EmailChangeDeps & {
    readonly sessions: SessionStore;
  };

/** Longer than a password hash takes, and longer than two statements. */
const REGISTER_STEP_MS = 200;
const LINK_STEP_MS = 50;

/** Everything that the user service can do. */
export function createApp(deps: AppDeps) {
  return {
    /** Whether an account can sign in only after its address was confirmed. */
    confirmationRequired: deps.confirmationRequired,
    registerAccount: deps.confirmationRequired
      ? levelled(REGISTER_STEP_MS, registerQuietly(deps))
      : registerAccount(deps),
    confirmAccount: confirmAccount(deps),
    accountForNotification: accountForNotification(deps),
    verifiedEmail: verifiedEmail(deps),
    createSession: createSession(deps),
    answerChallenge: answerChallenge(deps),
    refreshSession: refreshSession(deps),
    listSessions: listSessions(deps),
    revokeSession: revokeSession(deps),
    revokeAllSessions: revokeAllSessions(deps),
    enrollSecondFactor: enrollSecondFactor(deps),
    confirmSecondFactor: confirmSecondFactor(deps),
    disableSecondFactor: disableSecondFactor(deps),
    renewRecoveryCodes: renewRecoveryCodes(deps),
    readSecondFactor: readSecondFactor(deps),
    changePassword: changePassword(deps),
    requestLink: levelled(LINK_STEP_MS, requestLink(deps)),
    resetPassword: resetPassword(deps),
    updateAccount: updateAccount(deps),
    createAddress: createAddress(deps),
    updateAddress: updateAddress(deps),
    deleteAddress: deleteAddress(deps),
    setDefaultAddress: setDefaultAddress(deps),
    updateRoles: updateRoles(deps),
    setAccountActive: setAccountActive(deps),
    revokeSessionsOf: revokeSessionsOf(deps),
    resetSecondFactor: resetSecondFactor(deps),
    deactivateOwnAccount: deactivateOwnAccount(deps),
    requestEmailChange: requestEmailChange(deps),
    confirmEmailChange: confirmEmailChange(deps),
    undoEmailChange: undoEmailChange(deps),
    emailChangeMail: emailChangeMail(deps),
    recordAudit: (entry: AuditEntry, eventId: string) => deps.audit.record(entry, eventId),
    listAudit: listAudit(deps),
    bootstrapAdmin: bootstrapAdmin(deps),
    requestDataExport: requestDataExport(deps),
    listDataExports: listDataExports(deps),
    deliverDataExportPart: deliverDataExportPart(deps),
    openDataExport: openDataExport(deps),
    dataExportUrl: (id: string) => deps.exportLinks.urlOf(id, deps.now()),
    deleteAccount: deleteAccount(deps),
    readErasure: readErasure(deps),
    noteErased: noteErased(deps),
    tellErasuresAgain: tellErasuresAgain(deps),
    readAccounts: deps.accounts.readMany,
    listAccounts: listAccounts(deps),
    countAccounts: (filter: UserFilter) => deps.accounts.count(filter),
  };
}

export type App = ReturnType<typeof createApp>;
