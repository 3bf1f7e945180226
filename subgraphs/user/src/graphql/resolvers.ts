import type { Resolvers } from '../generated/graphql.js';
import { AccountDataExport } from './AccountDataExport.js';
import { AccountErasure } from './AccountErasure.js';
import { AuditEntryConnection } from './AuditEntryConnection.js';
import { accountConfirm } from './Mutation/accountConfirm.js';
import { accountConfirmationResend } from './Mutation/accountConfirmationResend.js';
import { accountDataExport } from './Mutation/accountDataExport.js';
import { accountDeactivate } from './Mutation/accountDeactivate.js';
import { accountDelete } from './Mutation/accountDelete.js';
import { accountExportPartDeliver } from './Mutation/accountExportPartDeliver.js';
import { accountRegister } from './Mutation/accountRegister.js';
import { accountUpdate } from './Mutation/accountUpdate.js';
import { addressCreate } from './Mutation/addressCreate.js';
import { addressDefaultSet } from './Mutation/addressDefaultSet.js';
import { addressDelete } from './Mutation/addressDelete.js';
import { addressUpdate } from './Mutation/addressUpdate.js';
import { emailChangeConfirm } from './Mutation/emailChangeConfirm.js';
import { emailChangeRequest } from './Mutation/emailChangeRequest.js';
import { emailChangeUndo } from './Mutation/emailChangeUndo.js';
import { passwordChange } from './Mutation/passwordChange.js';
import { passwordReset } from './Mutation/passwordReset.js';
import { passwordResetRequest } from './Mutation/passwordResetRequest.js';
import { secondFactorConfirm } from './Mutation/secondFactorConfirm.js';
import { secondFactorDisable } from './Mutation/secondFactorDisable.js';
import { secondFactorEnroll } from './Mutation/secondFactorEnroll.js';
import { secondFactorRecoveryCodesRenew } from './Mutation/secondFactorRecoveryCodesRenew.js';
import { sessionCreate } from './Mutation/sessionCreate.js';
import { sessionRefresh } from './Mutation/sessionRefresh.js';
import { sessionRevoke } from './Mutation/sessionRevoke.js';
import { sessionSecondFactor } from './Mutation/sessionSecondFactor.js';
import { sessionsRevokeAll } from './Mutation/sessionsRevokeAll.js';
import { userActiveSet } from './Mutation/userActiveSet.js';
import { userRolesUpdate } from './Mutation/userRolesUpdate.js';
import { userSecondFactorReset } from './Mutation/userSecondFactorReset.js';
import { userSessionsRevoke } from './Mutation/userSessionsRevoke.js';
import { accountDataExports } from './Query/accountDataExports.js';
import { accountErasure } from './Query/accountErasure.js';
import { auditLog } from './Query/auditLog.js';
import { me } from './Query/me.js';
import { user } from './Query/user.js';
import { userForNotification } from './Query/userForNotification.js';
import { users } from './Query/users.js';
import { verifiedEmail } from './Query/verifiedEmail.js';
import { Session } from './Session.js';
import { User } from './User.js';
import { UserAddress } from './UserAddress.js';
import { UserConnection } from './UserConnection.js';
import { UserForNotification } from './UserForNotification.js';

/** Every resolver of the user service's part of the graph. */
export const resolvers: Resolvers = {
  Query: {
    auditLog,
    accountDataExports,
    accountErasure,
    me,
    user,
    userForNotification,
    users,
    verifiedEmail,
  },
  Mutation: {
    accountDeactivate,
    emailChangeConfirm,
    emailChangeRequest,
    emailChangeUndo,
    userSecondFactorReset,
    userSessionsRevoke,
    accountConfirm,
    accountConfirmationResend,
    accountDataExport,
    accountDelete,
    accountExportPartDeliver,
    accountRegister,
    accountUpdate,
    addressCreate,
    addressDefaultSet,
    addressDelete,
    addressUpdate,
    passwordChange,
    passwordReset,
    passwordResetRequest,
    secondFactorConfirm,
    secondFactorDisable,
    secondFactorEnroll,
    secondFactorRecoveryCodesRenew,
    sessionCreate,
    sessionRefresh,
    sessionRevoke,
    sessionSecondFactor,
    sessionsRevokeAll,
    userActiveSet,
    userRolesUpdate,
  },
  Session,
  AccountDataExport,
  AccountErasure,
  AuditEntryConnection,
  User,
  UserAddress,
  UserConnection,
  UserForNotification,
};
