-- No change of the datamodel.

-- What a customer's erasure deletes; the carts that became orders go with their orders.
CREATE INDEX "cart_ended_customer_idx" ON "cart" ("customer_id") WHERE "status" IN ('MERGED', 'EXPIRED') AND "customer_id" IS NOT NULL;

-- As before, but a checkout that was undone keeps no answer: nobody is given it again, and it has an address in it.
CREATE OR REPLACE FUNCTION "cart_checkout_release"(p_order_id TEXT, p_now TIMESTAMPTZ, p_expires_at TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    v_cart_id TEXT;
    v_repriced BOOLEAN;
BEGIN
    INSERT INTO cart_checkout (order_id, created_at, released_at) VALUES (p_order_id, p_now, p_now) ON CONFLICT (order_id) DO NOTHING;
    IF FOUND THEN
        RETURN FALSE;
    END IF;
    SELECT k.cart_id INTO v_cart_id FROM cart_checkout k WHERE k.order_id = p_order_id AND k.released_at IS NULL;
    IF NOT FOUND THEN
        RETURN FALSE;
    END IF;
    PERFORM 1 FROM cart c WHERE c.id = v_cart_id FOR UPDATE;
    PERFORM promotion_uses_release(p_order_id, p_now);
    UPDATE cart_checkout k SET released_at = p_now, answer = NULL WHERE k.order_id = p_order_id AND k.released_at IS NULL
    RETURNING k.repriced INTO v_repriced;
    IF NOT FOUND THEN
        RETURN FALSE;
    END IF;
    UPDATE cart c SET status = 'ACTIVE', version = c.version + CASE WHEN v_repriced THEN 1 ELSE 0 END,
                      updated_at = p_now, expires_at = p_expires_at
     WHERE c.id = v_cart_id AND c.status = 'COMPLETED';
    RETURN TRUE;
END;
$$;
UPDATE "cart_checkout" SET "answer" = NULL WHERE "released_at" IS NOT NULL AND "answer" IS NOT NULL;
