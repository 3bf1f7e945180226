import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { acceptedPayload } from '../payload.js';

export const addressDelete: NonNullable<MutationResolvers['addressDelete']> = async (
  _parent,
  { id },
  { app, viewer },
) => acceptedPayload(await app.deleteAddress(signedIn(viewer).userId, id));
