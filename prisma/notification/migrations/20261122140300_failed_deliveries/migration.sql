-- What staff and the backlog's metrics look for: messages that were given up.
CREATE INDEX "delivery_failed_idx" ON "delivery" ("created_at") WHERE "state" = 'FAILED';
