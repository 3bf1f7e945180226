/**
 * Who may name whose things: what the SDL's directives cannot say. The directive above a field says who may call it at all; where it
 * says @owned, @authenticated or @public, each argument that is an id has its decision here, and each entity that subgraphs refer to.
 * `npm run schema:check` finds what nobody has decided, tests/access hold the shop to it, docs/access.md is written from it.
 *
 * What belongs to a guest is open to whoever knows its unguessable id (docs/decisions/0004); all of this is about what belongs to a user.
 */

/**
 * A user's own thing: for that user, and for staff with one of these scopes. For all others there is no such thing: the field is null, or
 * the mutation refuses with this code of `userErrors`.
 */
const theirs = (thing, refusal, ...scopes) => ({ kind: 'theirs', thing, refusal, scopes });
/** Anybody may name one: what is found by it is public, or decided by the field's own rule. */
const open = (thing) => ({ kind: 'open', thing });
/** A part of what another argument names: one of something else is refused with this code, whoever asks. */
const partOf = (argument, thing, refusal) => ({ kind: 'partOf', argument, thing, refusal });
/** A place in a list whose entries the viewer may see anyway. */
const position = { kind: 'position' };

const cart = theirs('cart', 'NOT_FOUND');

/** Each argument that is an id of a field that is not decided by scopes. */
export const IDS = {
  'Query.product(id)': open('product'),
  'Query.products(filter.ids)': open('product'),
  'Query.products(filter.categoryId)': open('category'),
  'Query.productVariant(id)': open('variant'),
  'Query.category(id)': open('category'),
  'Query.categories(parentId)': open('category'),
  'Query.search(categoryId)': open('category'),
  'Inventory.movements(after)': position,

  'Query.cart(id)': theirs('cart', null),
  'Mutation.cartCreate(input.lines.variantId)': open('variant'),
  'Mutation.cartCreate(input.shippingMethodId)': open('shippingMethod'),
  'Mutation.cartLinesAdd(cartId)': cart,
  'Mutation.cartLinesAdd(lines.variantId)': open('variant'),
  'Mutation.cartLinesUpdate(cartId)': cart,
  'Mutation.cartLinesUpdate(lines.id)': partOf('cartId', 'cartLine', 'NOT_FOUND'),
  'Mutation.cartLinesRemove(cartId)': cart,
  'Mutation.cartLinesRemove(lineIds)': partOf('cartId', 'cartLine', 'NOT_FOUND'),
  'Mutation.cartDiscountCodesUpdate(cartId)': cart,
  'Mutation.cartBuyerIdentityUpdate(cartId)': cart,
  'Mutation.cartAddressesUpdate(cartId)': cart,
  'Mutation.cartShippingMethodUpdate(cartId)': cart,
  'Mutation.cartShippingMethodUpdate(shippingMethodId)': open('shippingMethod'),
  'Mutation.cartNoteUpdate(cartId)': cart,
  'Mutation.cartDelete(cartId)': cart,

  'Query.order(id)': theirs('order', null, 'orders:read'),
  'Mutation.orderPlace(input.cartId)': theirs('cart', 'NOT_FOUND'),
  'Mutation.orderCancel(id)': theirs('order', 'NOT_FOUND', 'orders:write'),
  'Mutation.orderLinesCancel(orderId)': theirs('order', 'NOT_FOUND', 'orders:write'),
  'Mutation.orderLinesCancel(lines.lineId)': partOf('orderId', 'orderLine', 'NOT_FOUND'),
  'Mutation.orderReorder(id)': theirs('order', 'NOT_FOUND', 'orders:read'),
  'Mutation.returnRequest(input.orderId)': theirs('order', 'NOT_FOUND', 'orders:write'),
  'Mutation.returnRequest(input.lines.lineId)': partOf('input.orderId', 'orderLine', 'NOT_FOUND'),
  'Mutation.returnRequest(input.lines.exchangeVariantId)': open('variant'),
  'Mutation.returnCancel(id)': theirs('return', 'NOT_FOUND', 'orders:write'),
  'Order.events(after)': position,

  'Query.payment(id)': theirs('payment', null, 'payments:read'),
  'Mutation.paymentSessionCreate(input.orderId)': theirs('unpaidOrder', 'NOT_FOUND', 'payments:write'),
  'Mutation.paymentSessionCreate(input.paymentMethodId)': {
    ...theirs('paymentMethod', 'NOT_FOUND'),
    // Guests save none at all, and are told so whatever they name.
    guest: 'INVALID',
  },
  'Mutation.paymentSessionConfirm(paymentId)': theirs('payment', 'NOT_FOUND', 'payments:write'),
  'Mutation.paymentMethodDelete(id)': theirs('paymentMethod', 'NOT_FOUND'),
  'Mutation.paymentMethodDefaultSet(id)': theirs('paymentMethod', 'NOT_FOUND'),

  'Mutation.sessionRevoke(id)': theirs('session', 'NOT_FOUND'),
  'Mutation.addressUpdate(id)': theirs('address', 'NOT_FOUND'),
  'Mutation.addressDelete(id)': theirs('address', 'NOT_FOUND'),
  'Mutation.addressDefaultSet(id)': theirs('address', 'NOT_FOUND'),
};

/** @owned fields that name nothing: they answer with what is the viewer's, and with nothing to a guest. */
export const OWN = ['Query.activeCart', 'User.cart'];

/**
 * Each entity that a subgraph answers for when another one refers to it. `whole`: who may see it at all, all others get null. `fields`:
 * who may see this field of it, all others get null; what is not named is seen by who sees the whole. Of an entity without
 * `whole` (another service's, known here by its id) each field is named, unless its own directive decides.
 */
export const ENTITIES = {
  'user.User': {
    whole: theirs('user', null, 'users:read', 'orders:read'),
    fields: {
      addresses: theirs('user', null, 'users:read'),
      defaultShippingAddress: theirs('user', null, 'users:read'),
      defaultBillingAddress: theirs('user', null, 'users:read'),
      sessions: theirs('user', null),
      secondFactor: theirs('user', null),
    },
  },
  'product.Product': { whole: open('product'), fields: {} },
  'product.ProductVariant': { whole: open('variant'), fields: {} },
  'product.Category': { whole: open('category'), fields: {} },
  'cart.Cart': { whole: theirs('cart', null), fields: {} },
  'cart.User': { fields: { cart: theirs('user', null) } },
  'order.Order': { whole: theirs('order', null, 'orders:read'), fields: {} },
  'order.User': { fields: { orders: theirs('user', null, 'orders:read') } },
  'payment.Payment': {
    whole: theirs('payment', null, 'payments:read'),
    fields: { disputes: { kind: 'staff', scopes: ['payments:read'] } },
  },
  'payment.Order': {
    fields: {
      payments: theirs('order', null, 'payments:read'),
      paymentStatus: theirs('order', null, 'payments:read'),
      totalPaid: theirs('order', null, 'payments:read'),
      totalRefunded: theirs('order', null, 'payments:read'),
      balance: theirs('order', null, 'payments:read'),
      documents: theirs('order', null, 'payments:read'),
      receiptUrl: theirs('order', null, 'payments:read'),
    },
  },
  'payment.User': { fields: { paymentMethods: theirs('user', null) } },
  'notification.Order': { fields: {} },
};
