/**
 * Builds an element. Text is always set as text: nothing that a mail or a payment contains is read as HTML.
 * @param {string} tag `name.class.class`
 * @param {Record<string, unknown>} [properties] `on…` are listeners, the others attributes; null and false are left out
 * @param {...(Node | string | number | null | false)} children
 */
export function h(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== false).map(toNode));
  return element;
}

const toNode = (child) => (child instanceof Node ? child : String(child));

/** `€25.00`, from minor units and Stripe's lower-case currency. */
export function money(amount, currency) {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `14:03:22` today, `21 Nov 14:03:22` before. Takes an ISO time or Unix seconds. */
export function time(when) {
  const date = new Date(typeof when === 'number' ? when * 1000 : when);
  const text =
    date.toDateString() === new Date().toDateString()
      ? clock.format(date)
      : `${day.format(date)} ${clock.format(date)}`;
  return h('time', { datetime: date.toISOString(), title: date.toString() }, text);
}

/** What to show when there is nothing. */
export function empty(title, hint) {
  return h('div.empty', {}, h('strong', {}, title), h('p', {}, hint));
}
