import type { Resolvers } from '../generated/graphql.js';
import { accountConfirm } from './Mutation/accountConfirm.js';
import { accountConfirmationResend } from './Mutation/accountConfirmationResend.js';
import { accountRegister } from './Mutation/accountRegister.js';
import { accountUpdate } from './Mutation/accountUpdate.js';
import { addressCreate } from './Mutation/addressCreate.js';
import { addressDefaultSet } from './Mutation/addressDefaultSet.js';
import { addressDelete } from './Mutation/addressDelete.js';
import { addressUpdate } from './Mutation/addressUpdate.js';
import { passwordChange } from './Mutation/passwordChange.js';
import { passwordReset } from './Mutation/passwordReset.js';
import { passwordResetRequest } from './Mutation/passwordResetRequest.js';
import { sessionCreate } from './Mutation/sessionCreate.js';
import { sessionRefresh } from './Mutation/sessionRefresh.js';
import { sessionRevoke } from './Mutation/sessionRevoke.js';
import { sessionsRevokeAll } from './Mutation/sessionsRevokeAll.js';
import { userActiveSet } from './Mutation/userActiveSet.js';
import { userRolesUpdate } from './Mutation/userRolesUpdate.js';
import { me } from './Query/me.js';
import { user } from './Query/user.js';
import { userForNotification } from './Query/userForNotification.js';
import { users } from './Query/users.js';
import { User } from './User.js';
import { UserAddress } from './UserAddress.js';
import { UserConnection } from './UserConnection.js';
import { UserForNotification } from './UserForNotification.js';

/** Every resolver of the user service's part of the graph. */
export const resolvers: Resolvers = {
  Query: { me, user, userForNotification, users },
  Mutation: {
    accountConfirm,
    accountConfirmationResend,
    accountRegister,
    accountUpdate,
    addressCreate,
    addressDefaultSet,
    addressDelete,
    addressUpdate,
    passwordChange,
    passwordReset,
    passwordResetRequest,
    sessionCreate,
    sessionRefresh,
    sessionRevoke,
    sessionsRevokeAll,
    userActiveSet,
    userRolesUpdate,
  },
  User,
  UserAddress,
  UserConnection,
  UserForNotification,
};
