import { deviceOf } from '../domain/device.js';
import type { SessionResolvers } from '../generated/graphql.js';
import { networkOf } from './network.js';

export const Session: SessionResolvers = {
  device: ({ userAgent }) => deviceOf(userAgent),
  network: ({ ip }) => networkOf(ip),
};
