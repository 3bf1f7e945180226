import type { QueryResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';

export const accountDataExports: NonNullable<QueryResolvers['accountDataExports']> = (
  _parent,
  _args,
  { app, viewer },
) => app.listDataExports(signedIn(viewer).userId);
