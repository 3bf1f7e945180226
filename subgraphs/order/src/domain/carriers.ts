interface Carrier {
  readonly name: string;
  /** Where `{number}` is followed; it is put in encoded. */
  readonly trackingUrl: string;
}

/** Well-known carriers by their code: how they are named, and where a customer follows a parcel. */
const CARRIERS: Readonly<Record<string, Carrier>> = {
  dhl: { name: 'DHL', trackingUrl: 'https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}' },
  dpd: { name: 'DPD', trackingUrl: 'https://tracking.dpd.de/status/en_US/parcel/{number}' },
  fedex: { name: 'FedEx', trackingUrl: 'https://www.fedex.com/fedextrack/?trknbr={number}' },
  gls: { name: 'GLS', trackingUrl: 'https://gls-group.eu/EU/en/parcel-tracking?match={number}' },
  hermes: {
    name: 'Hermes',
    trackingUrl: 'https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{number}',
  },
  laposte: { name: 'La Poste', trackingUrl: 'https://www.laposte.fr/outils/suivre-vos-envois?code={number}' },
  post: { name: 'Österreichische Post', trackingUrl: 'https://www.post.at/sv/sendungsdetails?snr={number}' },
  postnl: { name: 'PostNL', trackingUrl: 'https://postnl.nl/tracktrace/?B={number}' },
  'royal-mail': {
    name: 'Royal Mail',
    trackingUrl: 'https://www.royalmail.com/track-your-item#/tracking-results/{number}',
  },
  ups: { name: 'UPS', trackingUrl: 'https://www.ups.com/track?tracknum={number}' },
  usps: { name: 'USPS', trackingUrl: 'https://tools.usps.com/go/TrackConfirmAction?tLabels={number}' },
};

/** Other spellings of the same. */
const ALIASES: Readonly<Record<string, string>> = {
  'dhl-paket': 'dhl',
  'dhl-express': 'dhl',
  'fed-ex': 'fedex',
  'la-poste': 'laposte',
  colissimo: 'laposte',
  royalmail: 'royal-mail',
  'oesterreichische-post': 'post',
  'osterreichische-post': 'post',
};

/** How a carrier is told apart, whatever way its name was typed: `Royal Mail` → `royal-mail`. */
export function carrierCode(name: string): string {
  const code = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/(^-|-$)/g, '');
  return ALIASES[code] ?? code;
}

/** Where a parcel is followed; null for an unknown carrier or without a number. */
export function trackingUrl(carrier: string | null, trackingNumber: string | null): string | null {
  if (carrier === null || trackingNumber === null) return null;
  const known = CARRIERS[carrierCode(carrier)];
  return known?.trackingUrl.replace('{number}', encodeURIComponent(trackingNumber)) ?? null;
}
