import { h } from '/assets/element.js';

/** List on the left, the chosen one on the right. Both keep where they were scrolled to. */
export function panes(container, kind, rows, detail) {
  const list = h('div.list', {}, ...rows);
  const [oldList, oldDetail] = container.dataset.kind === kind ? container.children : [];
  container.dataset.kind = kind;
  container.className = 'panes';
  if (!oldDetail?.matches('.detail')) {
    container.replaceChildren(list, detail);
    return;
  }
  const scrolled = oldList.scrollTop;
  oldList.replaceWith(list);
  list.scrollTop = scrolled;
  const same = detail.dataset.id !== undefined && detail.dataset.id === oldDetail.dataset.id;
  // A mail never changes, and its frame would load again wherever it is put: it stays where it is.
  if (same && kind === 'mail') return;
  const detailScrolled = same ? oldDetail.scrollTop : 0;
  oldDetail.replaceWith(detail);
  detail.scrollTop = detailScrolled;
}

/** A line of the list on the left. */
export const row = (kind, id, chosen, ...children) =>
  h('a.row', { href: `#${kind}/${id}`, 'aria-current': id === chosen ? 'true' : null }, ...children);

/** A term and what it is, for a `dl`. */
export const fact = (name, ...value) => [h('dt', {}, name), h('dd', {}, ...value)];

/** A part of the detail with a small heading. */
export const section = (title, ...children) => h('section', {}, h('h3', {}, title), ...children);

const STATUS = {
  succeeded: ['good', 'Succeeded'],
  delivered: ['good', 'Delivered'],
  canceled: ['quiet', 'Canceled'],
  unwanted: ['quiet', 'Not subscribed'],
  requires_payment_method: ['wait', 'Waiting for payment'],
  requires_confirmation: ['wait', 'Waiting for confirmation'],
  requires_action: ['wait', '3-D Secure'],
  requires_capture: ['wait', 'Authorized'],
  processing: ['wait', 'Processing'],
  pending: ['wait', 'Pending'],
  failed: ['bad', 'Failed'],
  needs_response: ['bad', 'Needs response'],
  CREATED: ['wait', 'Waiting for approval'],
  PAYER_ACTION_REQUIRED: ['wait', 'Waiting for approval'],
  APPROVED: ['wait', 'Approved'],
  PENDING: ['wait', 'Pending'],
  PARTIALLY_CAPTURED: ['wait', 'Partly captured'],
  CAPTURED: ['good', 'Captured'],
  COMPLETED: ['good', 'Completed'],
  PARTIALLY_REFUNDED: ['good', 'Partly refunded'],
  REFUNDED: ['quiet', 'Refunded'],
  VOIDED: ['quiet', 'Voided'],
  DECLINED: ['bad', 'Declined'],
  WAITING_FOR_SELLER_RESPONSE: ['bad', 'Needs response'],
  RESOLVED_SELLER_FAVOUR: ['good', 'Won'],
  RESOLVED_BUYER_FAVOUR: ['bad', 'Lost'],
  won: ['good', 'Won'],
  lost: ['bad', 'Lost'],
};
/** A coloured word for a status of Stripe's or PayPal's. */
export const badge = (status) => {
  const [tone, label] = STATUS[status] ?? ['quiet', status];
  return h(`span.badge.${tone}`, {}, label);
};
