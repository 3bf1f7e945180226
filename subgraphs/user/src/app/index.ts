import { type AccountLinkDeps, requestLink, resetPassword } from './accountLinks.js';
import {
  type AccountDeps,
  accountForNotification,
  bootstrapAdmin,
  changePassword,
  listAccounts,
  registerAccount,
  setAccountActive,
  updateAccount,
  updateRoles,
} from './accounts.js';
import { type AddressDeps, createAddress, deleteAddress, setDefaultAddress, updateAddress } from './addresses.js';
import type { SessionStore, UserFilter } from './ports.js';
import {
  confirmAccount,
  createSession,
  listSessions,
  refreshSession,
  revokeAllSessions,
  revokeSession,
  type SessionDeps,
} from './sessions.js';

export interface AppDeps extends AccountDeps, AccountLinkDeps, AddressDeps, SessionDeps {
  readonly sessions: SessionStore;
}

/** Everything that the user service can do. */
export function createApp(deps: AppDeps) {
  return {
    registerAccount: registerAccount(deps),
    confirmAccount: confirmAccount(deps),
    accountForNotification: accountForNotification(deps),
    createSession: createSession(deps),
    refreshSession: refreshSession(deps),
    listSessions: listSessions(deps),
    revokeSession: revokeSession(deps),
    revokeAllSessions: revokeAllSessions(deps),
    changePassword: changePassword(deps),
    requestLink: requestLink(deps),
    resetPassword: resetPassword(deps),
    updateAccount: updateAccount(deps),
    createAddress: createAddress(deps),
    updateAddress: updateAddress(deps),
    deleteAddress: deleteAddress(deps),
    setDefaultAddress: setDefaultAddress(deps),
    updateRoles: updateRoles(deps),
    setAccountActive: setAccountActive(deps),
    bootstrapAdmin: bootstrapAdmin(deps),
    readAccounts: deps.accounts.readMany,
    listAccounts: listAccounts(deps),
    countAccounts: (filter: UserFilter) => deps.accounts.count(filter),
  };
}

export type App = ReturnType<typeof createApp>;
