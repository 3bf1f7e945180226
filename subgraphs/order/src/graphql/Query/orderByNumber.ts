import type { QueryResolvers } from '../../generated/graphql.js';
import { selectedParts } from '../selection.js';

export const orderByNumber: NonNullable<QueryResolvers['orderByNumber']> = (
  _,
  { number, email },
  { app, client },
  info,
) => app.findGuestOrder(client, number, email, selectedParts(info));
