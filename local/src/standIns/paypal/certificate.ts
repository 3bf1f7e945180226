import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

/** The key that webhooks are signed with, and its certificate as PEM. Made when first needed: it takes a moment. */
export interface Signer {
  readonly privateKey: KeyObject;
  readonly pem: string;
}

let made: Signer | undefined;

/** This process's signer. Another process has another one: what it sends names its own certificate. */
export function signer(): Signer {
  if (made === undefined) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    made = { privateKey, pem: selfSigned(privateKey, publicKey) };
  }
  return made;
}

const DAY_MS = 86_400_000;
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const COMMON_NAME = '2.5.4.3';

/** A self-signed X.509 certificate in DER, by hand: Node reads certificates and makes none. */
function selfSigned(privateKey: KeyObject, publicKey: KeyObject): string {
  const name = sequence(
    tlv(0x31, sequence(oid(COMMON_NAME), tlv(0x0c, Buffer.from('messageverificationcerts.paypal.stand-in')))),
  );
  const algorithm = sequence(oid(SHA256_WITH_RSA), tlv(0x05));
  const toSign = sequence(
    integer(randomBytes(8)),
    algorithm,
    name,
    sequence(utcTime(Date.now() - DAY_MS), utcTime(Date.now() + 365 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('sha256').update(toSign).sign(privateKey);
  const der = sequence(toSign, algorithm, tlv(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
/** A positive one: its first byte is below 0x80 and not 0. */
const integer = (bytes: Buffer): Buffer => tlv(0x02, Buffer.from([0x40]), bytes);

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14);
  return tlv(0x17, Buffer.from(`${digits}Z`));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const septets = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return tlv(0x06, Buffer.from([first * 40 + second, ...bytes]));
}
