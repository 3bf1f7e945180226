-- What is counted as waiting for its refund; stays as small as that.
CREATE INDEX "order_return_received_idx" ON "order_return" ("received_at") WHERE "status" = 'RECEIVED';
