import { money, toGraph } from '@souk/money';
import type { PaymentDocumentResolvers } from '../generated/graphql.js';

export const PaymentDocument: PaymentDocumentResolvers = {
  total: ({ model }) => toGraph(money(model.totalCents, model.currencyCode)),
  refersTo: ({ model }) => model.refersTo?.number ?? null,
  pdfUrl: ({ id }, _, { app }) => app.documentUrl(id, 'PDF'),
  htmlUrl: ({ id }, _, { app }) => app.documentUrl(id, 'HTML'),
};
