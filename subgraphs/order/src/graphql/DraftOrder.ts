import { money, toGraph } from '@souk/money';
import type {
  DraftOrderConnectionResolvers,
  DraftOrderPriceLineResolvers,
  DraftOrderPriceResolvers,
  DraftOrderResolvers,
} from '../generated/graphql.js';
import type { DraftOrderPriceModel } from './models.js';
import { cursorOfDraft } from './pageArguments.js';
import { selectedParts } from './selection.js';
import { userErrorsOf } from './userErrors.js';

export const DraftOrder: DraftOrderResolvers = {
  currencyCode: ({ content }) => content.currencyCode,
  lines: ({ content }) =>
    content.lines.map(({ variantId, quantity, unitPriceCents, priceReason }) => ({
      variant: { id: variantId },
      quantity,
      unitPrice: unitPriceCents === null ? null : toGraph(money(unitPriceCents, content.currencyCode)),
      priceReason,
    })),
  customer: ({ content }) => (content.customerId === null ? null : { id: content.customerId }),
  email: ({ content }) => content.email,
  locale: ({ content }) => content.locale,
  shippingAddress: ({ content }) => content.shippingAddress,
  billingAddress: ({ content }) => content.billingAddress,
  shippingMethodId: ({ content }) => content.shippingMethodId,
  discountPercent: ({ content: { discount } }) =>
    discount !== null && 'percent' in discount ? discount.percent : null,
  discountAmount: ({ content: { discount, currencyCode } }) =>
    discount !== null && 'centAmount' in discount ? toGraph(money(discount.centAmount, currencyCode)) : null,
  discountReason: ({ content }) => content.discountReason,
  note: ({ content }) => content.note,
  price: async (draft, _, { app }) => ({
    ...(await app.priceDraft(draft)),
    currencyCode: draft.content.currencyCode,
  }),
  order: ({ orderId }, _, { loaders }, info) =>
    orderId === null ? null : loaders.order(selectedParts(info)).load(orderId),
};

const amount =
  (pick: (quote: NonNullable<DraftOrderPriceModel['quote']>) => number | null) =>
  ({ quote, currencyCode }: DraftOrderPriceModel) => {
    const cents = quote && pick(quote);
    return cents === null ? null : toGraph(money(cents, currencyCode));
  };

export const DraftOrderPrice: DraftOrderPriceResolvers = {
  lines: ({ quote, currencyCode }) =>
    (quote?.lines ?? []).flatMap((line) => (line === null ? [] : [{ ...line, currencyCode }])),
  subtotal: amount((quote) => quote.subtotalCents),
  discount: amount((quote) => quote.discountCents),
  shipping: amount((quote) => quote.shippingMethod?.priceCents ?? null),
  tax: amount((quote) => quote.taxCents),
  taxIncluded: ({ quote }) => quote?.taxIncluded ?? null,
  total: amount((quote) => quote.totalCents),
  shippingMethods: ({ quote, currencyCode }) =>
    (quote?.shippingMethods ?? []).map(({ id, name, priceCents }) => ({
      id,
      name,
      price: toGraph(money(priceCents, currencyCode)),
    })),
  problems: ({ problems }) => userErrorsOf(problems),
};

export const DraftOrderPriceLine: DraftOrderPriceLineResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  unitPrice: (line) => toGraph(money(line.unitPriceCents, line.currencyCode)),
  discount: (line) => toGraph(money(line.discountCents, line.currencyCode)),
  tax: (line) => toGraph(money(line.taxCents, line.currencyCode)),
  total: (line) => toGraph(money(line.totalCents, line.currencyCode)),
};

export const DraftOrderConnection: DraftOrderConnectionResolvers = {
  nodes: ({ drafts }) => drafts,
  edges: ({ drafts }) => drafts.map((draft) => ({ cursor: cursorOfDraft(draft), node: draft })),
  pageInfo: ({ drafts, hasNextPage }) => {
    const [first, last] = [drafts[0], drafts.at(-1)];
    return {
      hasNextPage,
      hasPreviousPage: false,
      startCursor: first ? cursorOfDraft(first) : null,
      endCursor: last ? cursorOfDraft(last) : null,
    };
  },
  totalCount: ({ totalCount, drafts }) => totalCount ?? drafts.length,
};
