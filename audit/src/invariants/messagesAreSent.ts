import { inDatabase, late } from '../invariant.js';

/** The delivery's row is the record that somebody must be told. */
export const messagesAreSent = inDatabase({
  name: 'messages-are-sent',
  why: 'no mail or text message waits longer than its next attempt',
  database: 'notification',
  rows: 'SELECT FROM delivery',
  violations: `
    SELECT id AS key, format('%s by %s is due since %s after %s attempts: %s', template, channel, next_attempt_at, attempts, last_error) AS detail
    FROM delivery WHERE state = 'QUEUED' AND ${late('next_attempt_at')}`,
});
