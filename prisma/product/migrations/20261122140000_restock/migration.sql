-- Makes what an id holds exactly these lines, until p_expires: more of them, fewer, or others than before, and also after a release
-- that was not final. Unlike stock_reserve it is for holders that change their mind (a return's exchange: fewer articles came
-- back than were announced). Answers as stock_reserve does; with INSUFFICIENT_STOCK nothing is held any more.
CREATE FUNCTION "stock_hold"(p_id text, p_variants text[], p_quantities int[], p_expires timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_wanted jsonb;
    v_held jsonb;
    v_sold boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || p_id, 0));
    SELECT jsonb_object_agg(variant_id, quantity) INTO v_wanted
    FROM (SELECT variant_id, sum(quantity)::int AS quantity
          FROM unnest(p_variants, p_quantities) AS line(variant_id, quantity) GROUP BY variant_id) AS wanted;
    SELECT jsonb_object_agg(variant_id, quantity), bool_or(state = 'COMMITTED') INTO v_held, v_sold
    FROM reservation WHERE order_id = p_id AND state IN ('ACTIVE', 'COMMITTED');
    IF v_held IS NOT NULL AND v_held <> v_wanted AND NOT v_sold THEN
        -- All rows that this call may touch, in the order in which every stock function takes them.
        PERFORM 1 FROM inventory
        WHERE variant_id = ANY (p_variants) OR variant_id IN (SELECT variant_id FROM reservation WHERE order_id = p_id)
        ORDER BY variant_id FOR NO KEY UPDATE;
        UPDATE inventory i SET reserved = i.reserved - r.quantity
        FROM reservation r WHERE r.order_id = p_id AND r.state = 'ACTIVE' AND i.variant_id = r.variant_id;
        DELETE FROM reservation WHERE order_id = p_id AND state = 'ACTIVE';
    END IF;
    RETURN stock_reserve(p_id, p_variants, p_quantities, p_expires);
END;
$$;

-- Locks what a return touches, in the order in which all stock functions lock: the ids whose stock is sold with it, then the
-- inventory rows by variant, those that goods come back to included.
CREATE FUNCTION "stock_lock_return"(p_ids text[], p_variants text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_id text;
BEGIN
    FOR v_id IN SELECT DISTINCT id FROM unnest(p_ids) AS held(id) ORDER BY id LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || v_id, 0));
    END LOOP;
    PERFORM 1 FROM inventory
    WHERE variant_id = ANY (p_variants)
       OR variant_id IN (SELECT variant_id FROM reservation WHERE order_id = ANY (p_ids))
    ORDER BY variant_id FOR NO KEY UPDATE;
END;
$$;

-- Puts accepted goods of a return back on the shelf, once per key and variant. A variant that is not kept in stock any more is
-- answered in missing: its goods have nowhere to go.
CREATE FUNCTION "stock_restock"(p_key text, p_order text, p_variants text[], p_quantities int[], p_actor text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_back record;
    v_missing jsonb := '[]'::jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_restock:' || p_key, 0));
    PERFORM 1 FROM inventory WHERE variant_id = ANY (p_variants) ORDER BY variant_id FOR NO KEY UPDATE;
    FOR v_back IN
        SELECT variant_id, sum(quantity)::int AS quantity
        FROM unnest(p_variants, p_quantities) AS line(variant_id, quantity) GROUP BY variant_id ORDER BY variant_id
    LOOP
        CONTINUE WHEN EXISTS (SELECT 1 FROM stock_movement WHERE idempotency_key = p_key || ':' || v_back.variant_id);
        UPDATE inventory SET on_hand = on_hand + v_back.quantity, sold = greatest(sold - v_back.quantity, 0)
        WHERE variant_id = v_back.variant_id;
        IF NOT FOUND THEN
            v_missing := v_missing || jsonb_build_object('variantId', v_back.variant_id, 'quantity', v_back.quantity);
            CONTINUE;
        END IF;
        INSERT INTO stock_movement (variant_id, type, quantity, reason, order_id, idempotency_key, actor)
        VALUES (v_back.variant_id, 'RETURN', v_back.quantity, 'RETURN_RESTOCK', p_order, p_key || ':' || v_back.variant_id, p_actor);
    END LOOP;
    RETURN jsonb_build_object('outcome', 'APPLIED', 'missing', v_missing);
END;
$$;
