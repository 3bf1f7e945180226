import { type ServiceClient, ServiceUnavailable } from '@souk/runtime';
import type { QuotePort, RefillPort } from '../app/editPorts.js';
import type { Refusal } from '../domain/refusal.js';

interface QuotedLineData {
  readonly variantId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly imageUrl: string | null;
  readonly quantity: number;
  readonly unitPriceCentAmount: number;
  readonly discountCentAmount: number;
  readonly taxCentAmount: number;
  readonly totalCentAmount: number;
  readonly forSale: boolean;
  readonly quantityAvailable: number;
}

interface ShippingData {
  readonly id: string;
  readonly name: string;
  readonly priceCentAmount: number;
}

interface RefusalData {
  readonly code: 'INVALID' | 'DEPENDENCY_UNAVAILABLE';
  readonly message: string;
}

interface QuoteData {
  readonly quoteLines: {
    readonly refusal: RefusalData | null;
    readonly quote: null | {
      readonly lines: readonly (QuotedLineData | null)[];
      readonly subtotalCentAmount: number;
      readonly discountCentAmount: number;
      readonly taxCentAmount: number;
      readonly taxBasisPoints: number;
      readonly taxIncluded: boolean;
      readonly totalCentAmount: number;
      readonly shippingTaxCentAmount: number;
      readonly shippingMethod: ShippingData | null;
      readonly shippingMethods: readonly ShippingData[];
    };
  };
}

interface RefillData {
  readonly cartRefill: {
    readonly cartId: string | null;
    readonly skippedVariantIds: readonly string[];
    readonly reducedVariantIds: readonly string[];
    readonly refusal: RefusalData | null;
  };
}

const QUOTE = `query OrderQuoteLines($input: LinesQuoteInput!) {
  quoteLines(input: $input) {
    refusal { code message }
    quote {
      lines {
        variantId productName variantName sku imageUrl quantity unitPriceCentAmount discountCentAmount taxCentAmount totalCentAmount
        forSale quantityAvailable
      }
      subtotalCentAmount discountCentAmount taxCentAmount taxBasisPoints taxIncluded totalCentAmount shippingTaxCentAmount
      shippingMethod { id name priceCentAmount } shippingMethods { id name priceCentAmount }
    }
  }
}`;
const REFILL = `mutation OrderCartRefill($input: CartRefillInput!) {
  cartRefill(input: $input) { cartId skippedVariantIds reducedVariantIds refusal { code message } }
}`;
const TIMEOUT_MS = 4_000;

/** The cart service as the one that knows prices, called as a service. */
export function createQuotePort(client: ServiceClient): QuotePort & RefillPort {
  return {
    async quote({ discount, lines, ...rest }) {
      const input = {
        ...rest,
        lines: lines.map(({ variantId, quantity, unitPriceCents }) => ({
          variantId,
          quantity,
          unitPriceCentAmount: unitPriceCents,
        })),
        discountPercent: discount !== null && 'percent' in discount ? discount.percent : null,
        discountCentAmount: discount !== null && 'centAmount' in discount ? discount.centAmount : null,
      };
      const { quoteLines } = await client.request<QuoteData>(QUOTE, { input }, { timeoutMs: TIMEOUT_MS });
      const { quote, refusal } = quoteLines;
      if (refusal !== null) return { kind: 'REFUSED', refusal: refusalOf(refusal) };
      if (quote === null) throw new ServiceUnavailable('cart', 'answered neither a quote nor a refusal');
      return {
        kind: 'QUOTED',
        quote: {
          lines: quote.lines.map((line) => line && quotedLine(line)),
          subtotalCents: quote.subtotalCentAmount,
          discountCents: quote.discountCentAmount,
          taxCents: quote.taxCentAmount,
          taxBasisPoints: quote.taxBasisPoints,
          taxIncluded: quote.taxIncluded,
          totalCents: quote.totalCentAmount,
          shippingTaxCents: quote.shippingTaxCentAmount,
          shippingMethod: quote.shippingMethod && shippingOf(quote.shippingMethod),
          shippingMethods: quote.shippingMethods.map(shippingOf),
        },
      };
    },
    async refill(input) {
      const { cartRefill } = await client.request<RefillData>(REFILL, { input }, { timeoutMs: TIMEOUT_MS });
      const { refusal, cartId, skippedVariantIds: skipped, reducedVariantIds: reduced } = cartRefill;
      if (refusal !== null) return { kind: 'REFUSED', refusal: refusalOf(refusal) };
      return { kind: 'REFILLED', cartId, skipped, reduced };
    },
  };
}

const shippingOf = ({ id, name, priceCentAmount }: ShippingData) => ({ id, name, priceCents: priceCentAmount });
const refusalOf = ({ code, message }: RefusalData): Refusal => ({ code, message });

function quotedLine(line: QuotedLineData) {
  const { unitPriceCentAmount, discountCentAmount, taxCentAmount, totalCentAmount, ...rest } = line;
  return {
    ...rest,
    unitPriceCents: unitPriceCentAmount,
    discountCents: discountCentAmount,
    taxCents: taxCentAmount,
    totalCents: totalCentAmount,
  };
}
