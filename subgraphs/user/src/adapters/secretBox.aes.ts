import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { SecretBox } from '../app/secondFactorPorts.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const key = () =>
  z
    .string()
    .regex(/^[\w-]{43}$/, 'every key must be 32 bytes in base64url')
    .transform((text) => Buffer.from(text, 'base64url'));

/** Keys by their ids, in their order: the first one encrypts, all of them decrypt. Ids that look like numbers lose their place in JSON. */
export const encryptionKeys = z
  .record(z.string().regex(/^[a-z][\w-]{0,30}$/, 'a key id begins with a letter'), key())
  .refine((keys) => Object.keys(keys).length > 0, 'at least one key is needed');

export type EncryptionKeys = z.output<typeof encryptionKeys>;

/**
 * Encrypts with AES-256-GCM: what is stored is nonce, ciphertext and tag. Sealed for one owner, a secret opens for no other, so that rows
 * cannot be exchanged. @throws when it is opened with a key that is not configured, or was altered.
 */
export function createSecretBox(keys: EncryptionKeys): SecretBox {
  const currentKeyId = Object.keys(keys)[0] as string;
  return {
    currentKeyId,
    knows: (keyId) => Object.hasOwn(keys, keyId),
    seal(plain, owner) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keys[currentKeyId] as Buffer, nonce);
      cipher.setAAD(Buffer.from(owner));
      const secret = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return { keyId: currentKeyId, secret };
    },
    open({ keyId, secret }, owner) {
      const opener = Object.hasOwn(keys, keyId) ? keys[keyId] : undefined;
      if (!opener) throw new Error(`SECOND_FACTOR_KEYS has no key ${keyId}, which a second factor is encrypted with`);
      const decipher = createDecipheriv('aes-256-gcm', opener, secret.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(owner));
      decipher.setAuthTag(secret.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(secret.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    },
  };
}
