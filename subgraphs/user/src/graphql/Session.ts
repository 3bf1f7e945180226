import { deviceOf } from '../domain/device.js';
import { networkOf } from '../domain/network.js';
import type { SessionResolvers } from '../generated/graphql.js';

export const Session: SessionResolvers = {
  device: ({ userAgent }) => deviceOf(userAgent),
  network: ({ ip }) => networkOf(ip),
};
