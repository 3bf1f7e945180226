import type { Money, OrderRequest, Patch } from '@paypal/paypal-server-sdk';
import { ProviderRefused } from '../../app/ports.js';
import type { Payment } from '../../domain/payment.js';
import { toPaypalAmount } from './amounts.js';
import type { PaypalSdk } from './paypalApi.js';

/** Throws ProviderRefused for an amount that PayPal cannot say, such as fractions of a forint. */
export function amountOf(cents: number, currencyCode: string): Money {
  try {
    return toPaypalAmount(cents, currencyCode);
  } catch (error) {
    throw new ProviderRefused('amount_not_possible', `PayPal cannot take ${cents} minor units of ${currencyCode}`, {
      cause: error,
    });
  }
}

/** The order as it is made. Who buys and what is not told: PayPal asks its own customers. */
export function orderRequest(payment: Payment, sdk: PaypalSdk): OrderRequest {
  const { returnUrl } = payment;
  const { Authorize, Capture } = sdk.CheckoutPaymentIntent;
  return {
    intent: payment.captureMethod === 'MANUAL' ? Authorize : Capture,
    purchaseUnits: [
      {
        amount: amountOf(payment.amountCents, payment.currencyCode),
        invoiceId: payment.id,
        customId: payment.id,
        description: `Order ${payment.orderNumber}`,
      },
    ],
    paymentSource: {
      paypal: {
        experienceContext: {
          userAction: sdk.PaypalExperienceUserAction.PayNow,
          shippingPreference: sdk.PaypalWalletContextShippingPreference.NoShipping,
          ...(returnUrl === null ? {} : { returnUrl, cancelUrl: returnUrl }),
        },
      },
    },
  };
}

/** Brings an order to the payment's amount. The value of a patch is PayPal's own JSON, which the SDK passes on as it is. */
export function amountPatch(payment: Payment, sdk: PaypalSdk): Patch {
  const { currencyCode, value } = amountOf(payment.amountCents, payment.currencyCode);
  return {
    op: sdk.PatchOp.Replace,
    path: "/purchase_units/@reference_id=='default'/amount",
    value: { currency_code: currencyCode, value },
  };
}
