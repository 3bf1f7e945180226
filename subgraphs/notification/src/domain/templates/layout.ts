import { type Html, html, noHtml, oneLine } from '@souk/runtime/html';
import type { Mail, Shop } from '../notification.js';

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Parts of a mail: each is shown as HTML and as plain text, so that the two never say different things. */
export interface Block {
  readonly html: Html;
  readonly text: string;
}

export const paragraph = (text: string): Block => ({
  html: html`<p style="margin:0 0 16px;font-size:16px;line-height:24px;color:#2b2b33">${text}</p>`,
  text: oneLine(text, 2_000),
});

/** A link that looks like a button. Only for http(s) addresses that we made. */
export const button = (label: string, url: string): Block => ({
  html: html`<p style="margin:24px 0"><a href="${url}" style="display:inline-block;padding:12px 24px;border-radius:8px;background:#1f4d3a;color:#ffffff;font-size:16px;font-weight:600;text-decoration:none">${label}</a></p>`,
  text: `${label}: ${oneLine(url, 2_000)}`,
});

/** Something to copy. */
export const codeBox = (label: string, code: string): Block => ({
  html: html`<p style="margin:0 0 8px;font-size:14px;color:#6b6b76">${label}</p><p style="margin:0 0 24px;padding:12px 16px;border-radius:8px;background:#f3f1ec;font-family:Menlo,Consolas,monospace;font-size:15px;word-break:break-all;color:#2b2b33">${code}</p>`,
  text: `${label}: ${oneLine(code)}`,
});

/** What carries a mailed token: a link into the storefront, or the bare code where the shop has told of none. */
export const linkOrCode = (shop: Shop, o: { label: string; code: string; path: string; token: string }): Block =>
  shop.storefrontUrl === undefined
    ? codeBox(o.code, o.token)
    : button(o.label, `${shop.storefrontUrl}${o.path}?token=${encodeURIComponent(o.token)}`);

/** The whole mail: tables and inline styles, since mail programs know little else; no image, no tracking, nothing from elsewhere. */
export function layout(
  shop: Shop,
  mail: { subject: string; heading: string; greeting: string; blocks: readonly Block[] },
): Mail {
  const greeting = paragraph(mail.greeting);
  const blocks = [greeting, ...mail.blocks];
  const footer = `You receive this message because of your business with ${shop.name}.`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${mail.subject}</title></head>
<body style="margin:0;padding:0;background:#f3f1ec">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f1ec;${{ html: FONT }}"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border-radius:12px">
<tr><td style="padding:24px 32px;border-bottom:1px solid #e8e5de;font-size:20px;font-weight:700;color:#1f4d3a">${shop.name}</td></tr>
<tr><td style="padding:32px"><h1 style="margin:0 0 20px;font-size:24px;line-height:32px;color:#2b2b33">${mail.heading}</h1>
${blocks.map((block) => block.html)}</td></tr>
<tr><td style="padding:20px 32px;border-top:1px solid #e8e5de;font-size:13px;line-height:20px;color:#6b6b76">${footer}</td></tr>
</table></td></tr></table>
</body></html>`;
  const text = [oneLine(mail.heading), ...blocks.map((block) => block.text), `-- \n${oneLine(footer)}`];
  return { subject: oneLine(mail.subject), text: `${text.join('\n\n')}\n`, html: page.html };
}

/** `Hello Ada,`, or `Hello,` for somebody whose name is not known. */
export const greet = (name: string | null): string => {
  const known = oneLine(name ?? '', 80);
  return known === '' ? 'Hello,' : `Hello ${known},`;
};

export { noHtml };
