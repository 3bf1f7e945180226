import type { QueryResolvers } from '../../generated/graphql.js';
import { onlyService } from '../context.js';

export const quoteLines: NonNullable<QueryResolvers['quoteLines']> = async (_parent, { input }, { app, viewer }) => {
  onlyService(viewer, 'order');
  const { discountPercent, discountCentAmount, shippingMethodId } = input;
  const result = await app.quoteLines({
    currencyCode: input.currencyCode,
    countryCode: input.countryCode,
    lines: input.lines.map(({ variantId, quantity, unitPriceCentAmount }) => ({
      variantId,
      quantity,
      unitPrice: unitPriceCentAmount ?? null,
    })),
    shippingMethodId: shippingMethodId ?? null,
    discount:
      typeof discountPercent === 'number'
        ? { percent: discountPercent }
        : typeof discountCentAmount === 'number'
          ? { amount: discountCentAmount }
          : null,
  });
  if (!result.ok) return { quote: null, refusal: { code: result.code, message: result.message } };
  const { lines, pricing } = result.quote;
  return {
    refusal: null,
    quote: {
      lines: lines.map(
        (line) =>
          line && {
            variantId: line.variant.variantId,
            productName: line.variant.productName,
            variantName: line.variant.variantName,
            sku: line.variant.sku,
            imageUrl: line.variant.imageUrl,
            quantity: line.quantity,
            unitPriceCentAmount: line.unitPrice,
            discountCentAmount: line.discount,
            taxCentAmount: line.tax,
            totalCentAmount: line.total,
            forSale: line.forSale,
            quantityAvailable: line.variant.quantityAvailable,
          },
      ),
      subtotalCentAmount: pricing.subtotal,
      discountCentAmount: pricing.discount,
      taxCentAmount: pricing.tax ?? 0,
      taxBasisPoints: pricing.taxBasisPoints,
      taxIncluded: pricing.taxIncluded,
      totalCentAmount: pricing.total,
      shippingTaxCentAmount: pricing.shippingTax,
      shippingMethod: pricing.selectedShippingMethod && shippingOf(pricing.selectedShippingMethod),
      shippingMethods: pricing.shippingMethods.map(shippingOf),
    },
  };
};

const shippingOf = ({ id, name, price }: { id: string; name: string; price: number }) => ({
  id,
  name,
  priceCentAmount: price,
});
