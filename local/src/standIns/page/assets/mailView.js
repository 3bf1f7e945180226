import { empty, h, time } from '/assets/element.js';
import { fact, panes, row } from '/assets/parts.js';

const names = (mailboxes) => mailboxes.map((it) => it.name ?? it.email).join(', ');
const addresses = (mailboxes) => mailboxes.map((it) => (it.name ? `${it.name} <${it.email}>` : it.email)).join(', ');

export const mailView = {
  async load(call, id) {
    const list = await call('GET', '/mail?limit=200');
    const chosen = id ?? list?.mails[0]?.id;
    const known = list?.mails.some((mail) => mail.id === chosen) || id !== undefined;
    return list && { ...list, mail: known && chosen ? await call('GET', `/mail/${chosen}`) : undefined };
  },
  show(container, { data }) {
    const { mails, mail } = data;
    if (mails.length === 0) {
      container.className = 'single';
      container.dataset.kind = 'mail';
      container.replaceChildren(
        empty('No mail yet', 'Every mail that Souk sends through SendGrid lands here, and nowhere else.'),
      );
      return;
    }
    const rows = mails.map((it) =>
      row(
        'mail',
        it.id,
        mail?.id,
        h('div.line', {}, h('strong.clip', {}, names(it.to)), time(it.at)),
        h('div.clip', {}, it.subject || '(no subject)'),
        h('div.tags', {}, ...it.categories.map((category) => h('span.tag', {}, category))),
      ),
    );
    panes(container, 'mail', rows, mail ? mailDetail(mail) : h('div.detail'));
  },
};

function mailDetail(mail) {
  const frame = h('iframe', {
    src: `/control/mail/${encodeURIComponent(mail.id)}/html`,
    sandbox: 'allow-popups allow-popups-to-escape-sandbox',
    title: `Mail: ${mail.subject}`,
    referrerpolicy: 'no-referrer',
  });
  const args = Object.entries(mail.customArgs);
  const plain = h('pre.plain', { hidden: true }, mail.text ?? 'This mail has no plain text part.');
  const tab = (label, showsHtml) =>
    h(
      'button',
      {
        'aria-pressed': String(showsHtml === (mail.html !== null)),
        onclick: (event) => {
          frame.hidden = !showsHtml;
          plain.hidden = showsHtml;
          for (const button of event.target.parentElement.children)
            button.setAttribute('aria-pressed', String(button === event.target));
        },
      },
      label,
    );
  if (mail.html === null) {
    frame.hidden = true;
    plain.hidden = false;
  }
  return h(
    'article.detail.mail',
    { 'data-id': mail.id },
    h(
      'header',
      {},
      h(
        'div.line',
        {},
        h('h2', {}, mail.subject || '(no subject)'),
        h('div.segmented', {}, tab('HTML', true), tab('Text', false)),
      ),
      h(
        'dl.facts',
        {},
        ...fact('From', addresses([mail.from])),
        ...fact('To', addresses(mail.to)),
        ...(mail.cc.length > 0 ? fact('Cc', addresses(mail.cc)) : []),
        ...(mail.bcc.length > 0 ? fact('Bcc', addresses(mail.bcc)) : []),
        ...(mail.replyTo ? fact('Reply to', addresses([mail.replyTo])) : []),
        ...fact('Received', time(mail.at)),
        ...(args.length > 0
          ? fact('Arguments', ...args.map(([name, value]) => h('code.chip', {}, `${name}: ${value}`)))
          : []),
        ...(mail.attachments.length > 0
          ? fact('Attached', ...mail.attachments.map((it) => h('code.chip', {}, `${it.filename}, ${it.bytes} bytes`)))
          : []),
      ),
    ),
    frame,
    plain,
  );
}

export const messagesView = {
  load: (call) => call('GET', '/messages?limit=200'),
  show(container, { data }) {
    container.className = 'single';
    container.dataset.kind = 'messages';
    if (data.messages.length === 0) {
      container.replaceChildren(empty('No text messages yet', 'Every text that Souk sends through Twilio lands here.'));
      return;
    }
    container.replaceChildren(
      h(
        'div.texts',
        {},
        ...data.messages.map((message) =>
          h(
            'article.text',
            {},
            h('div.line', {}, h('strong', {}, message.to), time(message.at)),
            h('p.bubble', {}, message.body),
            h(
              'small',
              {},
              `from ${message.from ?? message.messagingServiceSid} · ${message.segments} ${message.segments === 1 ? 'part' : 'parts'}`,
            ),
          ),
        ),
      ),
    );
  },
};
