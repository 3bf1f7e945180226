-- stock_reserve as before, but what it reads does not grow with the number of articles in the shop.
CREATE OR REPLACE FUNCTION "stock_reserve"(p_order text, p_variants text[], p_quantities int[], p_expires timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_wanted jsonb;
    v_held jsonb;
    v_sold boolean;
    v_short jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || p_order, 0));
    SELECT jsonb_object_agg(variant_id, quantity) INTO v_wanted
    FROM (SELECT variant_id, sum(quantity)::int AS quantity
          FROM unnest(p_variants, p_quantities) AS line(variant_id, quantity) GROUP BY variant_id) AS wanted;

    SELECT jsonb_object_agg(variant_id, quantity), bool_or(state = 'COMMITTED') INTO v_held, v_sold
    FROM reservation WHERE order_id = p_order AND state IN ('ACTIVE', 'COMMITTED');
    IF v_held IS NOT NULL THEN
        IF v_held <> v_wanted THEN
            RETURN jsonb_build_object('outcome', 'RESERVATION_MISMATCH', 'short', '[]'::jsonb);
        END IF;
        IF v_sold THEN
            RETURN jsonb_build_object('outcome', 'COMMITTED', 'short', '[]'::jsonb);
        END IF;
        -- reserved_at too: a release that was decided before this call must not take the stock away from it.
        UPDATE reservation SET expires_at = p_expires, reserved_at = clock_timestamp()
        WHERE order_id = p_order AND state = 'ACTIVE';
        RETURN jsonb_build_object('outcome', 'RESERVED', 'short', '[]'::jsonb);
    END IF;

    -- The call that gave the stock back has overtaken this one, which was on its way when its caller gave it up.
    IF EXISTS (SELECT 1 FROM closed_order WHERE order_id = p_order) THEN
        RETURN jsonb_build_object('outcome', 'RELEASED', 'short', '[]'::jsonb);
    END IF;

    PERFORM 1 FROM inventory WHERE variant_id = ANY (p_variants) ORDER BY variant_id FOR NO KEY UPDATE;
    -- A statement of its own, so that it sees what was committed while this one waited for the locks.
    SELECT jsonb_agg(jsonb_build_object('variantId', w.key, 'requested', w.value::int, 'available', stock.available)
                     ORDER BY w.key) INTO v_short
    FROM jsonb_each_text(v_wanted) AS w
    CROSS JOIN LATERAL (SELECT coalesce((SELECT greatest(on_hand - reserved - safety_stock, 0)
                                         FROM inventory WHERE variant_id = w.key), 0) AS available) AS stock
    WHERE stock.available < w.value::int;
    IF v_short IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', 'INSUFFICIENT_STOCK', 'short', v_short);
    END IF;

    -- The variants twice: how many a document has cannot be estimated, and the whole shelf was read for two articles.
    UPDATE inventory SET reserved = reserved + w.value::int
    FROM jsonb_each_text(v_wanted) AS w WHERE variant_id = w.key AND variant_id = ANY (p_variants);
    DELETE FROM reservation WHERE order_id = p_order AND state = 'RELEASED';
    INSERT INTO reservation (order_id, variant_id, quantity, state, expires_at, reserved_at)
    SELECT p_order, w.key, w.value::int, 'ACTIVE', p_expires, clock_timestamp() FROM jsonb_each_text(v_wanted) AS w;
    RETURN jsonb_build_object('outcome', 'RESERVED', 'short', '[]'::jsonb);
END;
$$;
