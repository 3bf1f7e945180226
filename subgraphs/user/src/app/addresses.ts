import { MAX_ADDRESSES } from '../domain/account.js';
import { accountError, done, type Result, refused } from '../domain/accountError.js';
import { type AddressInput, readAddress } from '../domain/profile.js';
import type { AddressKind, AddressStore } from './ports.js';

export interface AddressDeps {
  readonly addresses: AddressStore;
  readonly newAddressId: () => string;
}

const notFound = () => refused(accountError('NOT_FOUND', 'There is no such address.', ['id']));

/** Adds an address; answers its id. The first one becomes the default for everything. */
export const createAddress =
  (deps: AddressDeps) =>
  async (accountId: string, input: AddressInput, defaultFor: readonly AddressKind[]): Promise<Result<string>> => {
    const read = readAddress(input);
    if ('errors' in read) return refused(...read.errors);
    const id = deps.newAddressId();
    return (await deps.addresses.create({ id, accountId, address: read.address, defaultFor }))
      ? done(id)
      : refused(accountError('CONFLICT', `An account has at most ${MAX_ADDRESSES} addresses.`, ['input']));
  };

/** Replaces an address of this account. */
export const updateAddress =
  (deps: AddressDeps) =>
  async (accountId: string, id: string, input: AddressInput): Promise<Result<string>> => {
    const read = readAddress(input);
    if ('errors' in read) return refused(...read.errors);
    return (await deps.addresses.replace(accountId, id, read.address)) ? done(id) : notFound();
  };

/** Deletes an address of this account; it is no longer the default for anything. */
export const deleteAddress =
  (deps: AddressDeps) =>
  async (accountId: string, id: string): Promise<Result<string>> =>
    (await deps.addresses.remove(accountId, id)) ? done(id) : notFound();

/** Makes an address of this account the default. */
export const setDefaultAddress =
  (deps: AddressDeps) =>
  async (accountId: string, id: string, kind: AddressKind): Promise<Result<string>> =>
    (await deps.addresses.setDefault(accountId, id, kind)) ? done(id) : notFound();
