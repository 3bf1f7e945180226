import type { AccountDataExportResolvers } from '../generated/graphql.js';

export const AccountDataExport: AccountDataExportResolvers = {
  url: ({ id, waitingFor }, _args, { app }) => (waitingFor.length === 0 ? app.dataExportUrl(id) : null),
};
