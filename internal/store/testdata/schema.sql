CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;

COMMENT ON EXTENSION postgis IS 'PostGIS geometry and geography spatial types and functions';

CREATE FUNCTION public.acting() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT nullif(current_setting('zb.account', true), '')::int -- a spent setting of a pooled connection is empty
$$;

ALTER FUNCTION public.acting() OWNER TO zhengbei_owner;

CREATE FUNCTION public.acting_as(account integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    whose record;
BEGIN
    SELECT a.role, a.post_id INTO whose FROM account a WHERE a.account_id = acting_as.account AND a.disabled_at IS NULL;
    PERFORM set_config('zb.account', acting_as.account::text, true),
            set_config('zb.post', coalesce(whose.post_id::text, ''), true),
            set_config('zb.sees', CASE WHEN whose.role IN ('officer', 'planner', 'console') THEN 'all' ELSE '' END, true),
            set_config('zb.parcels', ARRAY(SELECT r.parcel FROM command_post_parcel r
                WHERE r.post_id = whose.post_id AND upper_inf(r.known) AND r.valid @> (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)::text, true);
END
$$;

ALTER FUNCTION public.acting_as(account integer) OWNER TO zhengbei_owner;

CREATE FUNCTION public.acting_parcels() RETURNS integer[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(nullif(current_setting('zb.parcels', true), ''), '{}')::int[]
$$;

ALTER FUNCTION public.acting_parcels() OWNER TO zhengbei_owner;

CREATE FUNCTION public.acting_post() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT nullif(current_setting('zb.post', true), '')::int
$$;

ALTER FUNCTION public.acting_post() OWNER TO zhengbei_owner;

CREATE FUNCTION public.acting_role() RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    RETURN (SELECT a.role FROM account a WHERE a.account_id = acting() AND a.disabled_at IS NULL);
END
$$;

ALTER FUNCTION public.acting_role() OWNER TO zhengbei_owner;

CREATE FUNCTION public.acting_sees_all() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(current_setting('zb.sees', true) = 'all', false)
$$;

ALTER FUNCTION public.acting_sees_all() OWNER TO zhengbei_owner;

CREATE FUNCTION public.area_ellipsoidal_m2(shape public.geometry) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    SELECT round(ST_Area(ST_Transform(shape, 4490)::geography, true)::numeric, 4)
$$;

ALTER FUNCTION public.area_ellipsoidal_m2(shape public.geometry) OWNER TO zhengbei_owner;

CREATE FUNCTION public.as_known(known tstzrange, at timestamp with time zone) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT lower(known) <= at AND (upper_inf(known) OR upper(known) > at)
$$;

ALTER FUNCTION public.as_known(known tstzrange, at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE TABLE public.audit (
    audit_id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    account_id integer,
    account text NOT NULL,
    role text,
    address text NOT NULL,
    request text NOT NULL,
    via text NOT NULL,
    outcome text NOT NULL,
    code text,
    objects text[] DEFAULT '{}'::text[] NOT NULL,
    detail json DEFAULT '{}'::json NOT NULL,
    CONSTRAINT audit_code CHECK (((outcome = 'refused'::text) = (code IS NOT NULL))),
    CONSTRAINT audit_objects CHECK (((objects = '{}'::text[]) OR ((array_ndims(objects) = 1) AND (array_position(objects, NULL::text) IS NULL)))),
    CONSTRAINT audit_outcome CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text])))
);

ALTER TABLE public.audit OWNER TO zhengbei_owner;

CREATE FUNCTION public.audit_canonical(a public.audit) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT convert_to(string_agg(coalesce(octet_length(f)::text || ':' || f, '-'), '' ORDER BY n), 'UTF8')
    FROM   unnest(ARRAY[
               a.audit_id::text, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), a.account_id::text, a.account, a.role, a.address,
               a.request, a.via, a.outcome, a.code,
               (SELECT string_agg(octet_length(o)::text || ':' || o, '' ORDER BY k) FROM unnest(a.objects) WITH ORDINALITY u(o, k)), a.detail::text
           ]) WITH ORDINALITY t(f, n)
$$;

ALTER FUNCTION public.audit_canonical(a public.audit) OWNER TO zhengbei_owner;

CREATE FUNCTION public.audit_seal_some(most integer) RETURNS TABLE(seq bigint, hash bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    last   bigint;
    before bytea;
    one    record;
    sealed bigint[] := '{}';
BEGIN
    IF NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid() AND l.granted AND l.mode = 'ExclusiveLock'
                   AND l.classid = 0 AND l.objid = 7 AND l.objsubid = 2
                   AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())) THEN
        RAISE EXCEPTION 'only who has the right to seal seals' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT s.seq, s.hash INTO last, before FROM audit_seal s ORDER BY s.seq DESC LIMIT 1;
    IF last IS NULL THEN
        last := 0;
        SELECT sha256(convert_to(c.chain::text, 'UTF8')) INTO before FROM audit_chain c;
    END IF;
    FOR one IN
        SELECT w.audit_id, c.canonical
        FROM  (SELECT u.audit_id FROM audit_unsealed u WHERE (SELECT true FROM audit a WHERE a.audit_id = u.audit_id) ORDER BY u.audit_id LIMIT most) w
        CROSS  JOIN LATERAL (SELECT audit_canonical(a) AS canonical FROM audit a WHERE a.audit_id = w.audit_id OFFSET 0) c
        ORDER  BY w.audit_id
    LOOP
        last := last + 1;
        before := sha256(before || one.canonical);
        INSERT INTO audit_seal (seq, audit_id, hash) VALUES (last, one.audit_id, before);
        sealed := sealed || one.audit_id;
        seq := last;
        hash := before;
        RETURN NEXT;
    END LOOP;
    DELETE FROM audit_unsealed u WHERE u.audit_id = ANY (sealed);
END
$$;

ALTER FUNCTION public.audit_seal_some(most integer) OWNER TO zhengbei_owner;

CREATE FUNCTION public.audit_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit trail only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_stays';
END
$$;

ALTER FUNCTION public.audit_stays() OWNER TO zhengbei_owner;

CREATE FUNCTION public.audit_waits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO audit_unsealed (audit_id) VALUES (NEW.audit_id);
    RETURN NULL;
END
$$;

ALTER FUNCTION public.audit_waits() OWNER TO zhengbei_owner;

CREATE FUNCTION public.box_3857(x_min double precision, y_min double precision, x_max double precision, y_max double precision) RETURNS public.geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    SELECT ST_SetSRID(ST_Envelope(ST_MakeLine(ST_Point(x_min, y_min), ST_Point(x_max, y_max))), 3857)
$$;

ALTER FUNCTION public.box_3857(x_min double precision, y_min double precision, x_max double precision, y_max double precision) OWNER TO zhengbei_owner;

CREATE FUNCTION public.building_belongs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    UPDATE subject s SET parcel = h.parcel
    FROM   moved m JOIN subject h ON h.subject_id = m.holding
    WHERE  s.subject_id = m.building AND upper_inf(m.known) AND upper_inf(m.valid) AND s.parcel IS DISTINCT FROM h.parcel;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.building_belongs() OWNER TO zhengbei_owner;

CREATE FUNCTION public.contract_belongs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    UPDATE subject s SET parcel = m.parcel FROM moved m WHERE s.subject_id = m.contract AND s.parcel IS DISTINCT FROM m.parcel;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.contract_belongs() OWNER TO zhengbei_owner;

CREATE FUNCTION public.derive(ids integer[], at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    level text;
    these int[];
    moved int[];
BEGIN
    FOREACH level IN ARRAY '{contract,building,holding,plot,parcel}'::text[] LOOP
        SELECT array_agg(DISTINCT s.subject_id ORDER BY s.subject_id) INTO these FROM subject s WHERE s.subject_id IN (SELECT unnest(ids)) AND s.kind = level;
        CONTINUE WHEN these IS NULL;
        moved := '{}';
        FOR part IN 0 .. (cardinality(these) - 1) / 10000 LOOP -- the states of a part are held in memory at once
            moved := moved || derive_level(level, these[part * 10000 + 1 : (part + 1) * 10000], at);
        END LOOP;
        CONTINUE WHEN cardinality(moved) = 0;
        CASE level
        WHEN 'contract' THEN ids := ids || ARRAY(SELECT c.holding FROM contract_holding c WHERE c.contract IN (SELECT unnest(moved)) AND as_known(c.known, at));
        WHEN 'building' THEN ids := ids || ARRAY(SELECT b.holding FROM building_version b WHERE b.building IN (SELECT unnest(moved)) AND as_known(b.known, at) UNION SELECT b.plot FROM building_version b WHERE b.building IN (SELECT unnest(moved)) AND as_known(b.known, at));
        WHEN 'holding'  THEN ids := ids || ARRAY(SELECT l.plot FROM holding_land l WHERE l.holding IN (SELECT unnest(moved)) AND as_known(l.known, at));
        WHEN 'plot'     THEN -- its tiles show its stage
            INSERT INTO outbox (collection, fid, x_min, y_min, x_max, y_max)
            SELECT 'plots', v.fid, min(ST_XMin(v.shape_3857)), min(ST_YMin(v.shape_3857)), max(ST_XMax(v.shape_3857)), max(ST_YMax(v.shape_3857))
            FROM   plot_version v WHERE v.fid IN (SELECT unnest(moved)) AND as_known(v.known, at) GROUP BY v.fid;
        ELSE NULL;
        END CASE;
    END LOOP;
END
$$;

ALTER FUNCTION public.derive(ids integer[], at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.derive_at_commit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM ledger_announce(derive_noted());
    RETURN NULL;
END
$$;

ALTER FUNCTION public.derive_at_commit() OWNER TO zhengbei_owner;

CREATE FUNCTION public.derive_level(level text, ids integer[], at timestamp with time zone) RETURNS integer[]
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    SET jit TO 'off'
    SET enable_indexscan TO 'off'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    fresh subject_state[];
    moved int[];
    begun int[];
BEGIN
    IF EXISTS (SELECT FROM subject_state o WHERE o.kind = level AND o.subject_id = ANY(ids) AND upper_inf(o.known) AND lower(o.known) > at) THEN
        RAISE EXCEPTION 'somebody else derived a % later than %', level, at USING ERRCODE = 'serialization_failure', HINT = 'Lock the subjects before the clock is read, and begin anew.';
    END IF;
    IF cardinality(ids) > 100 THEN -- a plan made for a few things compares each with each: for many, one that knows how many
        PERFORM set_config('plan_cache_mode', 'force_custom_plan', true);
    END IF;
    SELECT array_agg(s::subject_state) INTO fresh FROM states_of(level, ids, at) s;
    WITH stale AS MATERIALIZED (
        SELECT o.subject_id, o.valid, o.known
        FROM   subject_state o
        WHERE  o.kind = level AND o.subject_id = ANY(ids) AND upper_inf(o.known)
        AND    NOT EXISTS (SELECT FROM unnest(fresh) s WHERE s.subject_id = o.subject_id AND s.valid = o.valid
                           AND (s.stage, s.signed, s.compulsory, s.parcel, s.plot, s.disposition, s.use_class, s.area_m2, s.floor_m2, s.buildings)
                               IS NOT DISTINCT FROM (o.stage, o.signed, o.compulsory, o.parcel, o.plot, o.disposition, o.use_class, o.area_m2, o.floor_m2, o.buildings))),
    dropped AS (
        DELETE FROM subject_state o USING stale WHERE o.kind = level AND o.subject_id = stale.subject_id AND (o.valid = stale.valid AND o.known = stale.known) IS TRUE AND lower(o.known) = at
        RETURNING o.subject_id),
    closed AS (
        UPDATE subject_state o SET known = tstzrange(lower(o.known), at)
        FROM   stale WHERE o.kind = level AND o.subject_id = stale.subject_id AND (o.valid = stale.valid AND o.known = stale.known) IS TRUE AND lower(o.known) < at
        RETURNING o.subject_id)
    SELECT array_agg(subject_id) INTO moved FROM (SELECT subject_id FROM dropped UNION SELECT subject_id FROM closed) m;
    WITH born AS (
        INSERT INTO subject_state
        SELECT s.* FROM unnest(fresh) s
        WHERE  NOT EXISTS (SELECT FROM subject_state o WHERE o.kind = level AND o.subject_id = s.subject_id AND (o.valid = s.valid) IS TRUE AND upper_inf(o.known))
        RETURNING subject_id)
    SELECT array_agg(DISTINCT subject_id) INTO begun FROM born;
    RETURN ARRAY(SELECT DISTINCT m FROM unnest(moved || begun) m);
END
$$;

ALTER FUNCTION public.derive_level(level text, ids integer[], at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.derive_noted() RETURNS integer[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    moment record;
    noted int[];
    whole int[];
    first timestamptz;
    last timestamptz;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN -- its snapshot would be older than the locks
        RAISE EXCEPTION 'the ledger is written under READ COMMITTED only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_isolation';
    END IF;
    SELECT array_agg(DISTINCT u.subject_id), min(u.at), max(u.at) INTO noted, first, last FROM underived u WHERE u.xact = pg_current_xact_id();
    PERFORM edit_guard(); -- cells and parents come before the things themselves
    whole := ledger_lock(noted);
    IF EXISTS (SELECT FROM subject s WHERE s.subject_id IN (SELECT unnest(whole)) AND s.derived_at > first) -- a search in an array takes as long as it is: sets are joined
       OR EXISTS (SELECT r FROM rests_on(noted) r EXCEPT SELECT unnest(whole)) THEN
        RAISE EXCEPTION 'somebody wrote first' USING ERRCODE = 'serialization_failure', HINT = 'Lock the subjects before the clock is read, and begin anew.';
    END IF;
    FOR moment IN SELECT u.at, array_agg(DISTINCT u.subject_id) AS ids, array_agg(DISTINCT u.subject_id) FILTER (WHERE u.shape) AS shapes
                  FROM underived u WHERE u.xact = pg_current_xact_id() GROUP BY u.at ORDER BY u.at LOOP
        FOR part IN 0 .. (coalesce(cardinality(moment.shapes), 0) + 999) / 1000 - 1 LOOP
            PERFORM derive_shapes(moment.shapes[part * 1000 + 1 : (part + 1) * 1000], moment.at);
        END LOOP;
        PERFORM derive(moment.ids, moment.at);
    END LOOP;
    UPDATE subject s SET derived_at = last WHERE s.subject_id IN (SELECT unnest(whole));
    DELETE FROM underived WHERE xact = pg_current_xact_id();
    DELETE FROM underived_xact WHERE xact = pg_current_xact_id();
    RETURN whole;
END
$$;

ALTER FUNCTION public.derive_noted() OWNER TO zhengbei_owner;

CREATE FUNCTION public.derive_shapes(ids integer[], at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    SET jit TO 'off'
    SET enable_indexscan TO 'off'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    edges plot_edge[] := ARRAY(SELECT e::plot_edge FROM edges_of(ids, at) e);
    parts plot_zone[] := ARRAY(SELECT p::plot_zone FROM zones_of(ids, at) p);
    gone tid[]; -- where the rows are that no longer hold
BEGIN
    gone := ARRAY(SELECT o.ctid
                  FROM  (SELECT t.ctid, t.* FROM unnest(ids) i JOIN plot_edge t ON t.a = i UNION SELECT t.ctid, t.* FROM unnest(ids) i JOIN plot_edge t ON t.b = i) o
                  WHERE  upper_inf(o.known) AND (o.a, o.b, o.shared_m, o.valid) NOT IN (SELECT e.a, e.b, e.shared_m, e.valid FROM unnest(edges) e));
    DELETE FROM plot_edge o WHERE o.ctid = ANY(gone) AND lower(o.known) = at;
    UPDATE plot_edge o SET known = tstzrange(lower(o.known), at) WHERE o.ctid = ANY(gone);
    INSERT INTO plot_edge SELECT e.* FROM unnest(edges) e
    WHERE  NOT EXISTS (SELECT FROM plot_edge o WHERE o.a = e.a AND (o.b = e.b AND o.valid = e.valid) IS TRUE AND upper_inf(o.known) OFFSET 0);

    gone := ARRAY(SELECT o.ctid FROM unnest(ids) i JOIN plot_zone o ON o.plot = i
                  WHERE  upper_inf(o.known) AND (o.plot, o.zone, o.area_m2, o.valid) NOT IN (SELECT p.plot, p.zone, p.area_m2, p.valid FROM unnest(parts) p));
    DELETE FROM plot_zone o WHERE o.ctid = ANY(gone) AND lower(o.known) = at;
    UPDATE plot_zone o SET known = tstzrange(lower(o.known), at) WHERE o.ctid = ANY(gone);
    INSERT INTO plot_zone SELECT p.* FROM unnest(parts) p
    WHERE  NOT EXISTS (SELECT FROM plot_zone o WHERE o.plot = p.plot AND (o.zone = p.zone AND o.valid = p.valid) IS TRUE AND upper_inf(o.known) OFFSET 0);
END
$$;

ALTER FUNCTION public.derive_shapes(ids integer[], at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE TABLE public.plot_edge (
    a integer NOT NULL,
    b integer NOT NULL,
    shared_m numeric(12,3) NOT NULL,
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    CONSTRAINT plot_edge_order CHECK ((a < b))
);

ALTER TABLE public.plot_edge OWNER TO zhengbei_owner;

CREATE FUNCTION public.edges_of(ids integer[], at timestamp with time zone) RETURNS SETOF public.plot_edge
    LANGUAGE sql STABLE
    AS $$
    SELECT least(v.fid, n.fid), greatest(v.fid, n.fid), l.shared_m, v.valid * n.valid, tstzrange(at, NULL)
    FROM  (SELECT v.fid, v.valid, v.shape FROM plot_version v WHERE v.fid IN (SELECT unnest(ids)) AND as_known(v.known, at) OFFSET 0) v
    CROSS  JOIN LATERAL (
           SELECT n.fid, n.valid, n.shape FROM plot_version n
           WHERE  n.shape && v.shape AND (n.fid <> v.fid AND n.valid && v.valid) IS TRUE AND as_known(n.known, at)
           AND    greatest(least(ST_XMax(v.shape), ST_XMax(n.shape)) - greatest(ST_XMin(v.shape), ST_XMin(n.shape)),
                           least(ST_YMax(v.shape), ST_YMax(n.shape)) - greatest(ST_YMin(v.shape), ST_YMin(n.shape))) > 0.7 -- boxes that share less share no edge of 1 m
           AND   (v.fid < n.fid OR n.fid NOT IN (SELECT unnest(ids))) OFFSET 0) n
    CROSS  JOIN LATERAL (SELECT ST_Length(ST_Intersection(ST_Boundary(v.shape), ST_Boundary(n.shape))) AS exact OFFSET 0) x
    CROSS  JOIN LATERAL (
           SELECT round(CASE WHEN x.exact > 1 THEN x.exact ELSE ST_Length(ST_Intersection(ST_Boundary(v.shape), ST_Boundary(n.shape), 0.001)) END::numeric, 3) AS shared_m OFFSET 0) l
    WHERE  l.shared_m > 1
$$;

ALTER FUNCTION public.edges_of(ids integer[], at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.edit_box(shape public.geometry) RETURNS TABLE(west integer, south integer, east integer, north integer, cells bigint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT b.west, b.south, b.east, b.north, (b.east - b.west + 1)::bigint * (b.north - b.south + 1)
    FROM  (SELECT floor((ST_XMin(shape) - 1) / 500)::int AS west, floor((ST_YMin(shape) - 1) / 500)::int AS south,
                  floor((ST_XMax(shape) + 1) / 500)::int AS east, floor((ST_YMax(shape) + 1) / 500)::int AS north) b
$$;

ALTER FUNCTION public.edit_box(shape public.geometry) OWNER TO zhengbei_owner;

CREATE FUNCTION public.edit_cells(layer text, shapes public.geometry[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(array_agg(DISTINCT k.key ORDER BY k.key), '{}')
    FROM   unnest(shapes) s
    CROSS  JOIN LATERAL edit_box(s) b
    CROSS  JOIN LATERAL generate_series(b.west, b.east) c
    CROSS  JOIN LATERAL generate_series(b.south, b.north) r
    CROSS  JOIN LATERAL (SELECT (array_position(array['zones', 'parcels', 'plots'], layer)::bigint << 48) | ((c + 8388608)::bigint << 24) | (r + 8388608)::bigint AS key) k
$$;

ALTER FUNCTION public.edit_cells(layer text, shapes public.geometry[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.edit_close(layer text, fids integer[], versions integer[], since date[], from_day date, at timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS $$
    WITH gone AS (
        UPDATE feature_version v SET known = tstzrange(lower(v.known), at)
        FROM   unnest(fids, versions, since) r(fid, version, since)
        WHERE  v.collection = layer AND v.fid = r.fid AND v.version = r.version AND lower(v.valid) IS NOT DISTINCT FROM r.since AND upper_inf(v.known)
        RETURNING v.*)
    INSERT INTO feature_version (collection, fid, version, change, kind, name, name_en, name_status, subdistrict, subdistrict_en, locality, locality_en,
                                 parcel, disposition, use_class, accuracy, source, source_en, area_official_m2, published, shape,
                                 valid, known, recorded_at, recorded_by, reason, document_no)
    SELECT collection, fid, version, change, kind, name, name_en, name_status, subdistrict, subdistrict_en, locality, locality_en,
           parcel, disposition, use_class, accuracy, source, source_en, area_official_m2, published, shape,
           daterange(lower(valid), from_day), tstzrange(at, NULL), recorded_at, recorded_by, reason, document_no
    FROM   gone
    WHERE  coalesce(lower(valid) < from_day, true)
$$;

ALTER FUNCTION public.edit_close(layer text, fids integer[], versions integer[], since date[], from_day date, at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.edit_guard() RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    layer record;
    met record;
    first timestamptz := (SELECT min(u.at) FROM unchecked u WHERE u.xact = pg_current_xact_id());
BEGIN
    IF first IS NULL THEN
        RETURN;
    END IF;
    PERFORM edit_lock_cells(edited.cells)
    FROM  (SELECT array_agg(DISTINCT c ORDER BY c) AS cells
           FROM  (SELECT v.collection, array_agg(v.shape) AS shapes
                  FROM  (SELECT DISTINCT u.collection, u.fid FROM unchecked u WHERE u.xact = pg_current_xact_id()) u
                  JOIN   feature_version v ON v.collection = u.collection AND v.fid = u.fid AND (upper_inf(v.known) OR upper(v.known) >= first) -- where they are, and where this transaction moved them from
                  GROUP  BY v.collection) v
           CROSS  JOIN LATERAL unnest(edit_cells(v.collection, v.shapes)) c) edited;
    FOR layer IN SELECT u.collection, array_agg(DISTINCT u.fid) AS fids FROM unchecked u WHERE u.xact = pg_current_xact_id() GROUP BY u.collection
                 ORDER BY array_position(array['zones', 'parcels', 'plots'], u.collection) LOOP
        PERFORM edit_lock_parents(layer.collection, '{}');
        -- Edges and parts lie between things: a neighbour that moved at a later instant has been derived without what stands here.
        IF EXISTS (SELECT FROM feature_version v
                   JOIN   feature_version n ON n.shape && v.shape AND n.collection = v.collection
                   WHERE  v.collection = layer.collection AND v.fid IN (SELECT unnest(layer.fids))
                   AND   (lower(n.known) > first OR upper(n.known) > first) AND n.fid NOT IN (SELECT unnest(layer.fids))) THEN
            RAISE EXCEPTION 'somebody wrote first' USING ERRCODE = 'serialization_failure', HINT = 'Lock the cells before the clock is read, and begin anew.';
        END IF;
        SELECT f.code, n.code AS other, o.area_m2 INTO met
        FROM   edit_overlaps(layer.collection, layer.fids) o JOIN feature f ON f.fid = o.fid JOIN feature n ON n.fid = o.other
        ORDER  BY o.area_m2 DESC, f.code, n.code LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION '% and % overlap by % m2', met.code, met.other, met.area_m2 USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'feature_no_overlap',
                HINT = 'Things of one layer may touch, and overlap by no more than 0.01 m2 on any day: move the boundary, or end the other one first.';
        END IF;
    END LOOP;
    DELETE FROM unchecked u WHERE u.xact = pg_current_xact_id();
END
$$;

ALTER FUNCTION public.edit_guard() OWNER TO zhengbei_owner;

CREATE FUNCTION public.edit_lock_cells(cells bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    cell bigint;
BEGIN
    FOREACH cell IN ARRAY cells LOOP
        PERFORM pg_advisory_xact_lock(cell);
    END LOOP;
    RETURN cells;
END
$$;

ALTER FUNCTION public.edit_lock_cells(cells bigint[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.edit_lock_parents(layer text, parcels integer[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    parcel int;
BEGIN
    IF layer = 'zones' THEN
        PERFORM pg_advisory_xact_lock(0, 3);
    ELSIF layer = 'plots' THEN
        PERFORM pg_advisory_xact_lock_shared(0, 3);
    END IF;
    FOR parcel IN SELECT DISTINCT p FROM unnest(parcels) p ORDER BY 1 LOOP
        IF layer = 'plots' THEN
            PERFORM pg_advisory_xact_lock_shared(1, parcel);
        ELSE
            PERFORM pg_advisory_xact_lock(1, parcel);
        END IF;
    END LOOP;
END
$$;

ALTER FUNCTION public.edit_lock_parents(layer text, parcels integer[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.edit_overlaps(layer text, fids integer[]) RETURNS TABLE(fid integer, other integer, area_m2 numeric, shape public.geometry)
    LANGUAGE plpgsql STABLE
    SET jit TO 'off'
    AS $_$
BEGIN
    RETURN QUERY EXECUTE format('
        SELECT DISTINCT ON (v.fid, n.fid) v.fid, n.fid, round(ST_Area(x.shape)::numeric, 4), x.shape
        FROM  (SELECT v.fid, v.valid, v.shape FROM %1$I v WHERE v.fid IN (SELECT unnest($1)) AND upper_inf(v.known) OFFSET 0) v
        CROSS  JOIN LATERAL (
               SELECT n.fid, n.shape FROM %1$I n
               WHERE  n.shape && v.shape AND (n.fid <> v.fid AND n.valid && v.valid) IS TRUE AND upper_inf(n.known)
               AND   (v.fid < n.fid OR n.fid NOT IN (SELECT unnest($1))) OFFSET 0) n
        CROSS  JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(v.shape, n.shape), 3) AS shape OFFSET 0) x
        WHERE  ST_Area(x.shape) > 0.01
        ORDER  BY v.fid, n.fid, ST_Area(x.shape) DESC', CASE layer WHEN 'zones' THEN 'zone_version' WHEN 'parcels' THEN 'parcel_version' WHEN 'plots' THEN 'plot_version' END) USING fids;
END
$_$;

ALTER FUNCTION public.edit_overlaps(layer text, fids integer[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.fact_moves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM ledger_note(min(m.recorded_at), max(m.recorded_at)) FROM moved m HAVING count(*) > 0;
    INSERT INTO underived (subject_id, at, shape) SELECT DISTINCT m.subject_id, m.recorded_at, false FROM moved m;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.fact_moves() OWNER TO zhengbei_owner;

CREATE FUNCTION public.feature_is_subject() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO subject (subject_id, kind, code, parcel)
    VALUES (NEW.fid, CASE NEW.collection WHEN 'plots' THEN 'plot' ELSE 'parcel' END, NEW.code, CASE NEW.collection WHEN 'parcels' THEN NEW.fid END);
    RETURN NULL;
END
$$;

ALTER FUNCTION public.feature_is_subject() OWNER TO zhengbei_owner;

CREATE FUNCTION public.feature_version_announce() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO public.outbox (collection, fid, x_min, y_min, x_max, y_max)
    SELECT m.collection, m.fid, public.ST_XMin(m.shape_3857), public.ST_YMin(m.shape_3857), public.ST_XMax(m.shape_3857), public.ST_YMax(m.shape_3857) FROM moved m;
    IF FOUND THEN
        PERFORM pg_notify('zhengbei_change', '');
    END IF;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.feature_version_announce() OWNER TO zhengbei_owner;

CREATE FUNCTION public.feature_version_measure() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM ledger_enter();
    IF NEW.known IS NULL THEN -- psql leaves it out; the clock is read behind the lock
        NEW.known := tstzrange(clock_timestamp(), NULL);
    END IF;
    NEW.recorded_at := coalesce(NEW.recorded_at, lower(NEW.known));
    NEW.shape_3857 := ST_Transform(NEW.shape, 3857);
    IF ST_Dimension(NEW.shape) = 2 THEN
        NEW.area_m2 := area_ellipsoidal_m2(NEW.shape);
        NEW.area_plane_m2 := round(ST_Area(NEW.shape)::numeric, 4);
    ELSE
        NEW.area_m2 := NULL;
        NEW.area_plane_m2 := NULL;
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION public.feature_version_measure() OWNER TO zhengbei_owner;

CREATE FUNCTION public.first_facts(ids integer[], at timestamp with time zone) RETURNS TABLE(subject_id integer, kind text, since date)
    LANGUAGE sql STABLE
    AS $$
    SELECT f.subject_id, f.kind, min(f.occurred_on)
    FROM   fact f
    WHERE  f.subject_id = ANY(ids) AND f.voids IS NULL AND f.recorded_at <= at
    AND    NOT EXISTS (SELECT FROM fact v WHERE v.voids = f.fact_id AND v.recorded_at <= at)
    GROUP  BY f.subject_id, f.kind
$$;

ALTER FUNCTION public.first_facts(ids integer[], at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.history_only_closes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    reopened record;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        PERFORM ledger_enter();
        reopened := NEW;
        reopened.known := OLD.known;
        IF reopened IS NOT DISTINCT FROM OLD
           AND upper_inf(OLD.known) AND NOT upper_inf(NEW.known)
           AND lower(NEW.known) = lower(OLD.known) AND upper(NEW.known) > lower(OLD.known) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: history only closes an open known', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'history_only_closes',
              HINT = 'Set known = tstzrange(lower(known), clock_timestamp()) on the open row and insert the new one.';
END
$$;

ALTER FUNCTION public.history_only_closes() OWNER TO zhengbei_owner;

CREATE FUNCTION public.holding_belongs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    UPDATE subject s SET parcel = m.parcel
    FROM   moved m
    WHERE  s.subject_id = m.holding AND upper_inf(m.known) AND upper_inf(m.valid) AND s.parcel IS DISTINCT FROM m.parcel;
    UPDATE subject s SET parcel = m.parcel
    FROM   moved m JOIN building_version b ON b.holding = m.holding AND upper_inf(b.known) AND upper_inf(b.valid)
    WHERE  s.subject_id = b.building AND upper_inf(m.known) AND upper_inf(m.valid) AND s.parcel IS DISTINCT FROM m.parcel;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.holding_belongs() OWNER TO zhengbei_owner;

CREATE FUNCTION public.import_analyze() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    ANALYZE public.import_row, public.import_plan, public.import_base;
END
$$;

ALTER FUNCTION public.import_analyze() OWNER TO zhengbei_owner;

CREATE FUNCTION public.import_bases(import integer, layer text) RETURNS TABLE(fid integer, version integer)
    LANGUAGE sql STABLE
    AS $$
    SELECT v.fid, v.version
    FROM   import_row r
    JOIN   feature f ON f.code = r.code AND f.collection = layer
    JOIN   standing(layer) v ON v.fid = f.fid
    WHERE  r.import_id = import
    UNION
    SELECT v.fid, v.version
    FROM   import_plan p
    JOIN   import_row r ON r.import_id = p.import_id AND r.place = p.place
    JOIN   standing(layer) v ON v.shape && r.shape
    WHERE  p.import_id = import AND p.moves
    UNION
    SELECT v.fid, v.version
    FROM  (SELECT DISTINCT p.parcel FROM import_plan p WHERE p.import_id = import AND p.parcel IS NOT NULL AND cardinality(p.what) > 0) p
    JOIN   standing('parcels') v ON v.fid = p.parcel
    UNION
    SELECT v.fid, v.version
    FROM   import_plan p
    JOIN   standing('plots') v ON v.parcel = p.fid
    WHERE  p.import_id = import AND p.moves AND layer = 'parcels'
$$;

ALTER FUNCTION public.import_bases(import integer, layer text) OWNER TO zhengbei_owner;

CREATE FUNCTION public.import_boxes(import integer, layer text) RETURNS TABLE(place integer, code text, west integer, south integer, east integer, north integer, cells bigint)
    LANGUAGE sql STABLE
    AS $$
    SELECT s.place, s.code, b.west, b.south, b.east, b.north, b.cells
    FROM  (SELECT p.place, p.code, r.shape FROM import_plan p JOIN import_row r ON r.import_id = p.import_id AND r.place = p.place WHERE p.import_id = import AND p.moves
           UNION ALL
           SELECT p.place, p.code, v.shape FROM import_plan p JOIN feature_version v ON v.collection = layer AND v.fid = p.fid AND upper_inf(v.known)
           WHERE  p.import_id = import AND cardinality(p.what) > 0) s
    CROSS  JOIN LATERAL edit_box(s.shape) b
$$;

ALTER FUNCTION public.import_boxes(import integer, layer text) OWNER TO zhengbei_owner;

CREATE FUNCTION public.kinds_of_contracts(ids integer[]) RETURNS TABLE(contract integer, kind text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT c.contract, c.kind FROM contract c WHERE ids IS NULL OR c.contract = ANY (ids)
$$;

ALTER FUNCTION public.kinds_of_contracts(ids integer[]) OWNER TO zhengbei_owner;

CREATE TABLE public.feature (
    fid integer NOT NULL,
    collection text NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    round_id integer,
    CONSTRAINT feature_code_form CHECK (
CASE collection
    WHEN 'zones'::text THEN (code ~ '^Z-[0-9]{2,}$'::text)
    WHEN 'parcels'::text THEN (code ~ '^P-[0-9]{2,}$'::text)
    WHEN 'plots'::text THEN (code ~ '^L-[0-9]{6,}$'::text)
    WHEN 'context'::text THEN (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)
    ELSE false
END),
    CONSTRAINT feature_has_round CHECK (((round_id IS NULL) = (collection = 'context'::text)))
);

ALTER TABLE public.feature OWNER TO zhengbei_owner;

CREATE TABLE public.feature_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text, 'retired'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid)))
)
PARTITION BY LIST (collection);

ALTER TABLE public.feature_version OWNER TO zhengbei_owner;

CREATE TABLE public.round (
    round_id integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT round_code_form CHECK ((code ~ '^R-[0-9]{4}(-[0-9]+)?$'::text))
);

ALTER TABLE public.round OWNER TO zhengbei_owner;

CREATE VIEW public.land AS
 SELECT v.collection,
    v.fid,
    f.code,
    v.version,
    v.change,
    v.kind,
    v.name,
    v.name_en,
    v.name_status,
    v.subdistrict,
    v.subdistrict_en,
    v.locality,
    v.locality_en,
    p.code AS parcel,
    v.disposition,
    v.use_class,
    v.accuracy,
    v.source,
    v.source_en,
    v.area_m2,
    v.area_plane_m2,
    v.area_official_m2,
    v.published,
    v.shape,
    v.shape_3857,
    v.valid,
    v.known,
    v.recorded_at,
    v.recorded_by,
    v.reason,
    v.document_no,
    COALESCE(r.demo, false) AS demo
   FROM (((public.feature_version v
     JOIN public.feature f USING (collection, fid))
     LEFT JOIN public.feature p ON ((p.fid = v.parcel)))
     LEFT JOIN public.round r ON ((r.round_id = f.round_id)));

ALTER TABLE public.land OWNER TO zhengbei_owner;

CREATE FUNCTION public.land_on(layer text, days daterange, as_known timestamp with time zone) RETURNS SETOF public.land
    LANGUAGE sql STABLE
    AS $$
    SELECT v.*
    FROM   land v
    WHERE  v.collection = layer AND v.valid && days
    AND    v.known @> CASE WHEN layer = 'context' THEN 'infinity' ELSE as_known END -- rivers and stations give orientation, whatever was known of the land
    AND    (upper(days) - lower(days) = 1 OR NOT EXISTS (
               SELECT FROM feature_version later
               WHERE  later.collection = layer AND later.fid = v.fid AND later.known @> as_known
               AND    later.valid && days AND lower(later.valid) > lower(v.valid)))
$$;

ALTER FUNCTION public.land_on(layer text, days daterange, as_known timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_allows(at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_settled s WHERE s.instant >= at) THEN
        RAISE EXCEPTION 'the instant % is settled: nothing can be recorded at it any more', at USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_settled',
            HINT = 'Leave the instant out: the clock is read when the ledger has been entered.';
    END IF;
    IF at > clock_timestamp() THEN
        RAISE EXCEPTION 'the instant % has not come yet', at USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_future',
            HINT = 'Leave the instant out: the clock is read when the ledger has been entered.';
    END IF;
END
$$;

ALTER FUNCTION public.ledger_allows(at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_analyze() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    ANALYZE;
END
$$;

ALTER FUNCTION public.ledger_analyze() OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_announce(moved integer[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    INSERT INTO outbox (collection, subjects) VALUES ('ledger', moved);
    SELECT pg_notify('zhengbei_change', '');
$$;

ALTER FUNCTION public.ledger_announce(moved integer[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_enter() RETURNS void
    LANGUAGE sql
    AS $$
    SELECT pg_advisory_xact_lock_shared(0, 1)
$$;

ALTER FUNCTION public.ledger_enter() OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_lock(ids integer[]) RETURNS integer[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    locked int[] := ARRAY(SELECT r FROM rests_on(ids) r);
BEGIN
    PERFORM FROM subject s WHERE s.subject_id IN (SELECT unnest(locked)) ORDER BY s.subject_id FOR NO KEY UPDATE;
    RETURN locked;
END
$$;

ALTER FUNCTION public.ledger_lock(ids integer[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_lock_seen(ids integer[]) RETURNS integer[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    RETURN ledger_lock(ARRAY(SELECT s.subject_id FROM subject s WHERE s.subject_id = ANY (ids)
        AND (s.kind IN ('plot', 'parcel') OR (SELECT acting_sees_all()) OR s.parcel = ANY ((SELECT acting_parcels())::int[]))));
END
$$;

ALTER FUNCTION public.ledger_lock_seen(ids integer[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_note(first timestamp with time zone, last timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO underived_xact DEFAULT VALUES ON CONFLICT DO NOTHING;
    PERFORM ledger_allows(first);
    PERFORM ledger_allows(last);
END
$$;

ALTER FUNCTION public.ledger_note(first timestamp with time zone, last timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_says() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM ledger_announce('{}');
    RETURN NULL;
END
$$;

ALTER FUNCTION public.ledger_says() OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_settle() RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    now_settled timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(0, 1);
    now_settled := clock_timestamp();
    INSERT INTO ledger_settled (instant) VALUES (now_settled)
    ON CONFLICT (sole) DO UPDATE SET instant = greatest(ledger_settled.instant, excluded.instant);
    RETURN now_settled;
END
$$;

ALTER FUNCTION public.ledger_settle() OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_write() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM ledger_enter();
    RETURN NULL;
END
$$;

ALTER FUNCTION public.ledger_write() OWNER TO zhengbei_owner;

CREATE FUNCTION public.links_of_contracts(ids integer[]) RETURNS TABLE(contract integer, holding integer, valid daterange, known tstzrange)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT c.contract, c.holding, c.valid, c.known FROM contract_holding c WHERE ids IS NULL OR c.contract = ANY (ids)
$$;

ALTER FUNCTION public.links_of_contracts(ids integer[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.links_of_land(ids integer[]) RETURNS TABLE(holding integer, plot integer, valid daterange, known tstzrange)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT l.holding, l.plot, l.valid, l.known FROM holding_land l WHERE ids IS NULL OR l.holding = ANY (ids)
$$;

ALTER FUNCTION public.links_of_land(ids integer[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.next_code(letter text, digits integer) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    number text;
    code_of text;
BEGIN
    LOOP
        number := nextval(('code_' || lower(letter))::regclass);
        code_of := letter || '-' || lpad(number, greatest(digits, length(number)), '0');
        EXIT WHEN NOT EXISTS (SELECT FROM feature f WHERE f.code = code_of) AND NOT EXISTS (SELECT FROM subject s WHERE s.code = code_of)
              AND NOT EXISTS (SELECT FROM party p WHERE p.code = code_of) AND NOT EXISTS (SELECT FROM command_post c WHERE c.code = code_of);
    END LOOP;
    RETURN code_of;
END
$$;

ALTER FUNCTION public.next_code(letter text, digits integer) OWNER TO zhengbei_owner;

CREATE FUNCTION public.on_grid(shape public.geometry) RETURNS public.geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    SELECT ST_SnapToGrid(ST_Transform(ST_SetSRID(shape, 4490), 4547), 0.0001)
$$;

ALTER FUNCTION public.on_grid(shape public.geometry) OWNER TO zhengbei_owner;

CREATE FUNCTION public.outbox_prune() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    bound xid8;
    last xid8;
    gone bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(0, 4) THEN
        RETURN 0;
    END IF;
    SELECT least(min(o.xact) FILTER (WHERE o.at >= clock_timestamp() - interval '7 days'), pg_snapshot_xmin(pg_current_snapshot())) INTO bound FROM outbox o;
    WITH forgotten AS (DELETE FROM outbox o WHERE o.xact < bound RETURNING o.xact)
    SELECT count(*), max(f.xact) INTO gone, last FROM forgotten f;
    IF gone > 0 THEN
        UPDATE outbox_begin b SET before = greatest(b.before, (last::text::numeric + 1)::text::xid8);
    END IF;
    RETURN gone;
END
$$;

ALTER FUNCTION public.outbox_prune() OWNER TO zhengbei_owner;

CREATE FUNCTION public.plot_accepted(plot integer) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT EXISTS (SELECT FROM fact a WHERE a.subject_id = plot AND a.kind IN ('title_accepted', 'site_accepted', 'stored') AND NOT EXISTS (SELECT FROM fact x WHERE x.voids = a.fact_id))
$$;

ALTER FUNCTION public.plot_accepted(plot integer) OWNER TO zhengbei_owner;

CREATE FUNCTION public.plot_belongs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    UPDATE subject s SET parcel = m.parcel
    FROM   moved m
    WHERE  s.subject_id = m.fid AND m.parcel IS NOT NULL AND upper_inf(m.known) AND upper_inf(m.valid) AND s.parcel IS DISTINCT FROM m.parcel;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.plot_belongs() OWNER TO zhengbei_owner;

CREATE FUNCTION public.plot_corrections(plot integer) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
    SELECT array(SELECT c.value ->> 'hash' FROM fact c WHERE c.subject_id = plot AND c.kind = 'boundary_corrected' AND c.value ? 'hash' AND NOT EXISTS (SELECT FROM fact x WHERE x.voids = c.fact_id))
$$;

ALTER FUNCTION public.plot_corrections(plot integer) OWNER TO zhengbei_owner;

CREATE FUNCTION public.plot_corrections_of_others(plot integer, account text) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
    SELECT array(SELECT c.value ->> 'hash' FROM fact c WHERE c.subject_id = plot AND c.kind = 'boundary_corrected' AND c.value ? 'hash' AND c.recorded_by <> account
                 AND NOT EXISTS (SELECT FROM fact x WHERE x.voids = c.fact_id))
$$;

ALTER FUNCTION public.plot_corrections_of_others(plot integer, account text) OWNER TO zhengbei_owner;

CREATE FUNCTION public.projection_faults(at timestamp with time zone) RETURNS TABLE(kind text, code text, stored text, derived text)
    LANGUAGE plpgsql STABLE
    SET plan_cache_mode TO 'force_custom_plan'
    SET jit TO 'off'
    AS $$
#variable_conflict use_column
DECLARE
    level text;
    ids int[];
BEGIN
    FOREACH level IN ARRAY '{contract,building,holding,plot,parcel}'::text[] LOOP
        ids := ARRAY(SELECT s.subject_id FROM subject s WHERE s.kind = level);
        RETURN QUERY
        WITH kept AS (
            SELECT s.subject_id, s.valid, ROW(s.stage, s.signed, s.compulsory, s.parcel, s.plot, s.disposition, s.use_class, s.area_m2, s.floor_m2, s.buildings)::text AS says
            FROM   subject_state s WHERE s.kind = level AND s.known @> at),
        fresh AS (
            SELECT s.subject_id, s.valid, ROW(s.stage, s.signed, s.compulsory, s.parcel, s.plot, s.disposition, s.use_class, s.area_m2, s.floor_m2, s.buildings)::text AS says
            FROM   states_of(level, ids, at) s)
        SELECT level, c.code, k.valid || ' ' || k.says, f.valid || ' ' || f.says
        FROM   kept k
        FULL   JOIN fresh f USING (subject_id, valid)
        JOIN   subject c USING (subject_id)
        WHERE  k.says IS DISTINCT FROM f.says;
    END LOOP;
    ids := ARRAY(SELECT s.subject_id FROM subject s WHERE s.kind = 'plot');
    RETURN QUERY
    SELECT 'edge', x.a || '-' || x.b, x.stored, x.derived
    FROM  (SELECT coalesce(k.a, f.a) AS a, coalesce(k.b, f.b) AS b, k.valid || ' ' || k.shared_m AS stored, f.valid || ' ' || f.shared_m AS derived
           FROM  (SELECT * FROM plot_edge e WHERE e.known @> at) k
           FULL   JOIN edges_of(ids, at) f ON f.a = k.a AND f.b = k.b AND f.valid = k.valid) x
    WHERE  x.stored IS DISTINCT FROM x.derived
    UNION ALL
    SELECT 'zone', x.plot || '-' || x.zone, x.stored, x.derived
    FROM  (SELECT coalesce(k.plot, f.plot) AS plot, coalesce(k.zone, f.zone) AS zone, k.valid || ' ' || k.area_m2 || ' ' || k.main AS stored, f.valid || ' ' || f.area_m2 || ' ' || f.main AS derived
           FROM  (SELECT * FROM plot_zone e WHERE e.known @> at) k
           FULL   JOIN zones_of(ids, at) f ON f.plot = k.plot AND f.zone = k.zone AND f.valid = k.valid) x
    WHERE  x.stored IS DISTINCT FROM x.derived;
END
$$;

ALTER FUNCTION public.projection_faults(at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.rebuild_states() RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(0, 1);
    DELETE FROM subject_state;
    DELETE FROM plot_edge;
    DELETE FROM plot_zone;
    UPDATE subject SET derived_at = NULL WHERE derived_at IS NOT NULL;
    INSERT INTO underived (subject_id, at, shape)
    SELECT r.id, e.at, r.shape
    FROM  (SELECT fid AS id, known, true AS shape FROM plot_version
           UNION ALL SELECT fid, known, false FROM parcel_version
           UNION ALL SELECT holding, known, false FROM holding_version
           UNION ALL SELECT holding, known, false FROM holding_land
           UNION ALL SELECT plot, known, false FROM holding_land
           UNION ALL SELECT building, known, false FROM building_version
           UNION ALL SELECT holding, known, false FROM building_version
           UNION ALL SELECT plot, known, false FROM building_version
           UNION ALL SELECT contract, known, false FROM contract_version
           UNION ALL SELECT holding, known, false FROM contract_holding
           UNION ALL SELECT contract, known, false FROM contract_holding
           UNION ALL SELECT subject_id, tstzrange(recorded_at, NULL), false FROM fact
           UNION ALL SELECT v.fid, z.known, true FROM zone_version z JOIN plot_version v ON v.shape && z.shape) r
    CROSS JOIN LATERAL (VALUES (lower(r.known)), (upper(r.known))) e(at)
    WHERE e.at IS NOT NULL;
    PERFORM derive_noted();
    PERFORM ledger_announce(NULL);
END
$$;

ALTER FUNCTION public.rebuild_states() OWNER TO zhengbei_owner;

CREATE FUNCTION public.register_moves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
DECLARE
    things text := (SELECT string_agg(format('(m.%I)', c), ', ') FROM unnest(TG_ARGV) c);
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM ledger_note(min(lower(m.known)), max(lower(m.known))) FROM moved m HAVING count(*) > 0;
    ELSE
        PERFORM ledger_note(min(upper(m.known)), max(upper(m.known))) FROM moved m HAVING count(*) > 0;
    END IF;
    EXECUTE format('INSERT INTO underived (subject_id, at, shape)
                    SELECT DISTINCT t.id, e.at, false
                    FROM   moved m
                    CROSS  JOIN LATERAL (VALUES %s) t(id)
                    CROSS  JOIN LATERAL (VALUES (CASE WHEN $1 THEN lower(m.known) END), (upper(m.known))) e(at)
                    WHERE  e.at IS NOT NULL', things) USING TG_OP = 'INSERT';
    RETURN NULL;
END
$_$;

ALTER FUNCTION public.register_moves() OWNER TO zhengbei_owner;

CREATE FUNCTION public.rests_on(ids integer[]) RETURNS SETOF integer
    LANGUAGE sql STABLE
    AS $$
    WITH one AS (SELECT unnest(ids) AS id),
    two AS (
        SELECT id FROM one
        UNION SELECT c.holding FROM contract_holding c WHERE c.contract IN (SELECT id FROM one) AND upper_inf(c.known)
        UNION SELECT b.holding FROM building_version b WHERE b.building IN (SELECT id FROM one) AND upper_inf(b.known)
        UNION SELECT b.plot FROM building_version b WHERE b.building IN (SELECT id FROM one) AND upper_inf(b.known))
    SELECT id FROM two
    UNION SELECT l.plot FROM holding_land l JOIN two ON two.id = l.holding WHERE upper_inf(l.known)
$$;

ALTER FUNCTION public.rests_on(ids integer[]) OWNER TO zhengbei_owner;

CREATE FUNCTION public.row_is_allowed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM ledger_allows(CASE TG_OP WHEN 'INSERT' THEN lower(NEW.known) ELSE upper(NEW.known) END);
    RETURN NULL;
END
$$;

ALTER FUNCTION public.row_is_allowed() OWNER TO zhengbei_owner;

CREATE FUNCTION public.same_ground(a public.geometry, b public.geometry) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    SELECT a = b OR a && b AND ST_NPoints(a) = ST_NPoints(b) AND ST_Normalize(ST_Multi(a)) = ST_Normalize(ST_Multi(b))
$$;

ALTER FUNCTION public.same_ground(a public.geometry, b public.geometry) OWNER TO zhengbei_owner;

CREATE FUNCTION public.shape_moves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM ledger_note(min(lower(m.known)), max(lower(m.known))) FROM moved m WHERE m.kind IN ('zone', 'parcel', 'plot') HAVING count(*) > 0;
    ELSE
        PERFORM ledger_note(min(upper(m.known)), max(upper(m.known))) FROM moved m WHERE m.kind IN ('zone', 'parcel', 'plot') HAVING count(*) > 0;
    END IF;
    INSERT INTO unchecked (collection, fid, at)
    SELECT DISTINCT m.collection, m.fid, CASE TG_OP WHEN 'INSERT' THEN lower(m.known) ELSE upper(m.known) END FROM moved m WHERE m.kind IN ('zone', 'parcel', 'plot');
    INSERT INTO underived (subject_id, at, shape)
    SELECT DISTINCT t.fid, e.at, m.kind <> 'parcel'
    FROM   moved m
    CROSS  JOIN LATERAL (VALUES (CASE TG_OP WHEN 'INSERT' THEN lower(m.known) END), (upper(m.known))) e(at)
    CROSS  JOIN LATERAL (
           SELECT m.fid WHERE m.kind IN ('parcel', 'plot')
           UNION ALL SELECT v.fid FROM plot_version v WHERE m.kind = 'zone' AND v.shape && m.shape AND v.known @> e.at) t
    WHERE  e.at IS NOT NULL;
    RETURN NULL;
END
$$;

ALTER FUNCTION public.shape_moves() OWNER TO zhengbei_owner;

CREATE FUNCTION public.stage_since(level text, thing integer, on_day date, as_known timestamp with time zone) RETURNS date
    LANGUAGE sql STABLE
    AS $$
    SELECT min(coalesce(lower(s.valid), '-infinity'))
    FROM   subject_state s
    WHERE  s.kind = level AND s.subject_id = thing AND (s.known @> as_known) IS TRUE AND coalesce(lower(s.valid), '-infinity') <= on_day
    AND    coalesce(lower(s.valid), '-infinity') >= coalesce((
               SELECT max(upper(o.valid))
               FROM   subject_state o
               JOIN   subject_state n ON n.kind = level AND n.subject_id = thing AND (n.known @> as_known) IS TRUE AND (n.valid @> on_day) IS TRUE
               WHERE  o.kind = level AND o.subject_id = thing AND (o.known @> as_known) IS TRUE AND upper(o.valid) <= on_day AND o.stage <> n.stage), '-infinity')
$$;

ALTER FUNCTION public.stage_since(level text, thing integer, on_day date, as_known timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.standing(layer text) RETURNS SETOF public.feature_version
    LANGUAGE sql STABLE
    AS $$
    SELECT v.* FROM feature_version v WHERE v.collection = layer AND upper_inf(v.known) AND upper_inf(v.valid)
$$;

ALTER FUNCTION public.standing(layer text) OWNER TO zhengbei_owner;

CREATE TABLE public.subject_state (
    kind text NOT NULL,
    subject_id integer NOT NULL,
    stage text NOT NULL,
    signed boolean NOT NULL,
    compulsory boolean NOT NULL,
    parcel integer,
    plot integer,
    disposition text,
    use_class text,
    area_m2 numeric(14,4),
    floor_m2 numeric(14,2),
    buildings integer,
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    CONSTRAINT subject_state_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
)
PARTITION BY LIST (kind);

ALTER TABLE public.subject_state OWNER TO zhengbei_owner;

CREATE FUNCTION public.states_of(level text, ids integer[], at timestamp with time zone) RETURNS SETOF public.subject_state
    LANGUAGE plpgsql STABLE
    SET plan_cache_mode TO 'force_generic_plan'
    SET jit TO 'off'
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH own AS ( -- the thing's own rows: where there is none, there is no state
        SELECT v.holding AS id, v.valid, v.parcel, NULL::int AS plot, NULL::text AS disposition, NULL::text AS use_class, NULL::numeric AS area, NULL::numeric AS floor
        FROM   holding_version v WHERE level = 'holding' AND v.holding = ANY(ids) AND as_known(v.known, at)
        UNION ALL
        SELECT v.building, v.valid, NULL, v.plot, NULL, NULL, NULL, v.floor_area_m2
        FROM   building_version v WHERE level = 'building' AND v.building = ANY(ids) AND as_known(v.known, at)
        UNION ALL
        SELECT v.contract, v.valid, c.parcel, NULL, NULL, NULL, NULL, NULL
        FROM   contract_version v JOIN contract c USING (contract) WHERE level = 'contract' AND v.contract = ANY(ids) AND as_known(v.known, at)
        UNION ALL
        SELECT v.fid, v.valid, v.parcel, NULL, v.disposition, v.use_class, v.area_m2, NULL
        FROM   plot_version v WHERE level = 'plot' AND v.fid = ANY(ids) AND as_known(v.known, at)
        UNION ALL
        SELECT v.fid, v.valid, v.fid, NULL, NULL, NULL, v.area_m2, NULL
        FROM   parcel_version v WHERE level = 'parcel' AND v.fid = ANY(ids) AND as_known(v.known, at)),
    land AS ( -- holding: its plots; plot: its holdings, and whether they are signed or bound
        SELECT l.holding AS id, l.area_m2, l.valid, 0 AS signed, 0 AS bound
        FROM   holding_land l WHERE level = 'holding' AND l.holding = ANY(ids) AND as_known(l.known, at)
        UNION ALL
        SELECT l.plot, l.area_m2, l.valid * h.valid, h.signed::int, (h.signed OR h.compulsory)::int
        FROM   holding_land l
        CROSS  JOIN LATERAL (SELECT * FROM holding_state h WHERE h.subject_id = l.holding AND as_known(h.known, at) AND (h.valid && l.valid) IS TRUE OFFSET 0) h
        WHERE  level = 'plot' AND l.plot = ANY(ids) AND as_known(l.known, at)),
    built AS ( -- buildings of a holding, or on a plot, and whether they stand
        SELECT b.holding AS id, b.floor_area_m2, b.valid * s.valid AS valid, (s.stage <> 'demolished')::int AS stands
        FROM   building_version b
        CROSS  JOIN LATERAL (SELECT * FROM building_state s WHERE s.subject_id = b.building AND as_known(s.known, at) AND (s.valid && b.valid) IS TRUE OFFSET 0) s
        WHERE  level = 'holding' AND b.holding = ANY(ids) AND as_known(b.known, at)
        UNION ALL
        SELECT b.plot, b.floor_area_m2, b.valid * s.valid, (s.stage <> 'demolished')::int
        FROM   building_version b
        CROSS  JOIN LATERAL (SELECT * FROM building_state s WHERE s.subject_id = b.building AND as_known(s.known, at) AND (s.valid && b.valid) IS TRUE OFFSET 0) s
        WHERE  level = 'plot' AND b.plot = ANY(ids) AND as_known(b.known, at)),
    under AS ( -- days on which a holding is under a live relocation contract; a framework never counts, an amendment changes amounts only
        SELECT c.holding AS id, c.valid * s.valid AS valid
        FROM   contract_holding c
        CROSS  JOIN LATERAL (
               SELECT s.valid FROM contract_state s
               WHERE  s.subject_id = c.contract AND as_known(s.known, at) AND (s.valid && c.valid) IS TRUE AND s.stage IN ('signed', 'effective', 'settled')
               AND    EXISTS (SELECT FROM contract k WHERE k.contract = c.contract AND k.kind = 'relocation') OFFSET 0) s
        WHERE  level = 'holding' AND c.holding = ANY(ids) AND as_known(c.known, at)),
    spans AS (
        SELECT id, valid, 1 AS own, 0 AS held, 0 AS signed, 0 AS bound, 0::numeric AS land, 0 AS built, 0 AS stands, 0::numeric AS floor, 0 AS under FROM own
        UNION ALL SELECT id, valid, 0, 1, signed, bound, area_m2, 0, 0, 0, 0 FROM land
        UNION ALL SELECT id, valid, 0, 0, 0, 0, 0, 1, stands, floor_area_m2, 0 FROM built
        UNION ALL SELECT id, valid, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM under),
    event AS ( -- fact: the kind that holds from that day on; entered: a fact was recorded, live or not; version: the thing's own row that begins
        SELECT id, coalesce(lower(valid), '-infinity') AS day, own, held, signed, bound, land, built, stands, floor, under, NULL::text AS fact, false AS entered,
               NULL::int AS version, NULL::int AS parcel, NULL::int AS plot, NULL::text AS disposition, NULL::text AS use_class, NULL::numeric AS own_area, NULL::numeric AS own_floor FROM spans
        UNION ALL
        SELECT id, upper(valid), -own, -held, -signed, -bound, -land, -built, -stands, -floor, -under, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM spans WHERE NOT upper_inf(valid)
        UNION ALL
        SELECT id, coalesce(lower(valid), '-infinity'), 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, false, 1, parcel, plot, disposition, use_class, area, floor FROM own
        UNION ALL
        SELECT f.subject_id, f.since, 0, 0, 0, 0, 0, 0, 0, 0, 0, f.kind, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM first_facts(ids, at) f
        UNION ALL
        SELECT f.subject_id, f.occurred_on, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM   fact f WHERE level = 'contract' AND f.subject_id = ANY(ids) AND f.voids IS NULL AND f.recorded_at <= at),
    swept AS (
        SELECT id, day, parcel, plot, disposition, use_class, own_area, own_floor, sum(version) OVER upto AS version, sum(own) OVER upto AS own,
               sum(held) OVER upto AS held, sum(signed) OVER upto AS signed, sum(bound) OVER upto AS bound, sum(land) OVER upto AS land,
               sum(built) OVER upto AS built, sum(stands) OVER upto AS stands, sum(floor) OVER upto AS floor, sum(under) OVER upto > 0 AS under,
               coalesce(array_agg(fact) FILTER (WHERE fact IS NOT NULL) OVER upto, '{}') AS s, bool_or(entered) OVER upto AS entered, bool_or(fact IS NOT NULL) OVER whole AS live
        FROM   event WINDOW upto AS (PARTITION BY id ORDER BY day), whole AS (PARTITION BY id)),
    carried AS ( -- a version's columns hold until the next version begins
        SELECT id, day, own, held, signed, bound, land, built, stands, floor, under, s, entered, live,
               max(parcel) OVER since AS parcel, max(plot) OVER since AS plot, max(disposition) OVER since AS disposition, max(use_class) OVER since AS use_class,
               max(own_area) OVER since AS own_area, max(own_floor) OVER since AS own_floor
        FROM   swept WINDOW since AS (PARTITION BY id, version)),
    runs AS (
        SELECT d.*, lead(d.day) OVER (PARTITION BY d.id ORDER BY d.day) AS until FROM (SELECT DISTINCT ON (c.id, c.day) c.* FROM carried c ORDER BY c.id, c.day) d),
    state AS MATERIALIZED ( -- its columns are compared below: each is made once
        SELECT r.id, r.day, r.until, r.parcel, r.disposition, r.use_class,
               CASE level WHEN 'holding' THEN ( -- where most of its land lies
                   SELECT l.plot FROM holding_land l WHERE l.holding = r.id AND as_known(l.known, at) AND (l.valid @> r.day) IS TRUE ORDER BY l.area_m2 DESC, l.plot LIMIT 1) ELSE r.plot END AS plot,
               CASE level WHEN 'holding' THEN r.land ELSE r.own_area END AS area,
               CASE level WHEN 'holding' THEN r.floor ELSE r.own_floor END AS floor,
               CASE level WHEN 'holding' THEN r.built END::int AS buildings,
               CASE level WHEN 'holding' THEN r.under WHEN 'plot' THEN r.held > 0 AND r.signed = r.held ELSE false END AS signed,
               'compulsory' = ANY(r.s) AS compulsory,
               CASE level
               WHEN 'contract' THEN CASE
                    WHEN 'rescinded' = ANY(r.s) THEN 'rescinded' WHEN 'settled' = ANY(r.s) THEN 'settled' WHEN 'effective' = ANY(r.s) THEN 'effective'
                    WHEN 'signed' = ANY(r.s) THEN 'signed' WHEN 'offered' = ANY(r.s) THEN 'offered'
                    WHEN r.entered AND NOT r.live THEN 'void' ELSE 'draft' END
               WHEN 'building' THEN CASE
                    WHEN 'demolished' = ANY(r.s) THEN 'demolished' WHEN 'vacated' = ANY(r.s) THEN 'vacated' WHEN 'tenants_cleared' = ANY(r.s) THEN 'tenants_cleared'
                    WHEN 'appraised' = ANY(r.s) THEN 'appraised' WHEN 'measured' = ANY(r.s) THEN 'measured' WHEN 'surveyed' = ANY(r.s) THEN 'surveyed' ELSE 'registered' END
               WHEN 'holding' THEN CASE
                    WHEN r.built > 0 AND r.stands = 0 THEN 'demolished' WHEN 'vacated' = ANY(r.s) THEN 'vacated' WHEN 'tenants_cleared' = ANY(r.s) THEN 'tenants_cleared'
                    WHEN r.under THEN 'signed' WHEN 'negotiating' = ANY(r.s) THEN 'negotiating' WHEN 'appraised' = ANY(r.s) THEN 'appraised'
                    WHEN 'measured' = ANY(r.s) THEN 'measured' WHEN 'willing' = ANY(r.s) THEN 'willing' WHEN 'surveyed' = ANY(r.s) THEN 'surveyed' ELSE 'registered' END
               WHEN 'plot' THEN CASE
                    WHEN '{title_accepted,site_accepted,stored}' <@ r.s THEN CASE WHEN 'supplied' = ANY(r.s) THEN 'supplied' ELSE 'stored' END
                    WHEN r.held > 0 AND r.bound = r.held AND r.stands = 0 THEN CASE
                        WHEN '{title_accepted,site_accepted}' <@ r.s THEN 'accepted' WHEN 'title_accepted' = ANY(r.s) THEN 'title_accepted'
                        WHEN 'site_accepted' = ANY(r.s) THEN 'site_accepted' ELSE 'cleared' END
                    WHEN r.held > 0 AND r.bound = r.held THEN 'all_signed' WHEN r.bound > 0 THEN 'partly_signed' ELSE 'planned' END
               ELSE CASE
                    WHEN 'finished' = ANY(r.s) THEN 'finished' WHEN 'implementing' = ANY(r.s) THEN 'implementing' WHEN 'approved' = ANY(r.s) THEN 'approved'
                    WHEN 'notice_published' = ANY(r.s) THEN 'notice_published' WHEN 'scheme_drafting' = ANY(r.s) THEN 'scheme_drafting'
                    WHEN 'planned_in_city' = ANY(r.s) THEN 'planned_in_city' ELSE 'proposed' END
               END AS stage
        FROM   runs r
        WHERE  r.own > 0),
    turned AS (
        SELECT s.*, count(*) FILTER (WHERE s.turns) OVER (PARTITION BY s.id ORDER BY s.day) AS run
        FROM  (SELECT s.*, (s.stage, s.signed, s.compulsory, s.parcel, s.plot, s.disposition, s.use_class, s.area, s.floor, s.buildings, s.day) IS DISTINCT FROM
                      (lag(s.stage) OVER w, lag(s.signed) OVER w, lag(s.compulsory) OVER w, lag(s.parcel) OVER w, lag(s.plot) OVER w, lag(s.disposition) OVER w, lag(s.use_class) OVER w,
                       lag(s.area) OVER w, lag(s.floor) OVER w, lag(s.buildings) OVER w, lag(s.until) OVER w) AS turns
               FROM state s WINDOW w AS (PARTITION BY s.id ORDER BY s.day)) s)
    SELECT level, id, stage, signed, compulsory, parcel, plot, disposition, use_class, area::numeric(14,4), floor::numeric(14,2), buildings,
           daterange(nullif(min(day), '-infinity'), nullif(max(coalesce(until, 'infinity')), 'infinity')), tstzrange(at, NULL)
    FROM   turned
    GROUP  BY id, run, stage, signed, compulsory, parcel, plot, disposition, use_class, area, floor, buildings;
END
$$;

ALTER FUNCTION public.states_of(level text, ids integer[], at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE TABLE public.plot_zone (
    plot integer NOT NULL,
    zone integer NOT NULL,
    area_m2 numeric(14,4) NOT NULL,
    main boolean NOT NULL,
    valid daterange NOT NULL,
    known tstzrange NOT NULL
);

ALTER TABLE public.plot_zone OWNER TO zhengbei_owner;

CREATE FUNCTION public.zones_of(ids integer[], at timestamp with time zone) RETURNS SETOF public.plot_zone
    LANGUAGE sql STABLE
    AS $$
    SELECT p.plot, p.zone, p.area_m2, p.main, p.valid, tstzrange(at, NULL)
    FROM  (SELECT v.fid AS plot, z.fid AS zone, v.valid * z.valid AS valid,
                  CASE WHEN x.part = x.whole THEN v.area_m2 ELSE trunc(v.area_m2 * (x.part / x.whole)::numeric, 4) END AS area_m2, 2 * x.part > x.whole AS main
           FROM  (SELECT v.fid, v.valid, v.shape, v.area_m2 FROM plot_version v WHERE v.fid IN (SELECT unnest(ids)) AND as_known(v.known, at) OFFSET 0) v
           JOIN   zone_version z ON z.shape && v.shape AND (z.valid && v.valid) IS TRUE AND as_known(z.known, at)
           CROSS  JOIN LATERAL (SELECT ST_Area(v.shape) AS whole, CASE WHEN ST_Covers(z.shape, v.shape) THEN ST_Area(v.shape) ELSE ST_Area(ST_Intersection(v.shape, z.shape)) END AS part OFFSET 0) x) p
    WHERE  p.area_m2 > 0.01
$$;

ALTER FUNCTION public.zones_of(ids integer[], at timestamp with time zone) OWNER TO zhengbei_owner;

CREATE TABLE public.account (
    account_id integer NOT NULL,
    name text NOT NULL,
    person text DEFAULT ''::text NOT NULL,
    role text,
    post_id integer,
    sees_names boolean DEFAULT false NOT NULL,
    password_hash text,
    password_at timestamp with time zone,
    issuer text,
    subject text,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by text NOT NULL,
    signed_in_at timestamp with time zone,
    CONSTRAINT account_both CHECK (((issuer IS NULL) = (subject IS NULL))),
    CONSTRAINT account_console CHECK (((NOT (role IS DISTINCT FROM 'console'::text)) = (account_id = 0))),
    CONSTRAINT account_has_post CHECK (((NOT (role IS DISTINCT FROM 'command_post'::text)) = (post_id IS NOT NULL))),
    CONSTRAINT account_name_form CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$'::text)),
    CONSTRAINT account_names CHECK (((NOT sees_names) OR (NOT (role IS DISTINCT FROM 'planner'::text)))),
    CONSTRAINT account_person CHECK ((length(person) <= 100)),
    CONSTRAINT account_role CHECK ((role = ANY (ARRAY['officer'::text, 'command_post'::text, 'planner'::text, 'viewer'::text, 'sysadmin'::text, 'secadmin'::text, 'auditor'::text, 'console'::text])))
);

ALTER TABLE public.account OWNER TO zhengbei_owner;

ALTER TABLE public.account ALTER COLUMN account_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.account_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.audit ALTER COLUMN audit_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_chain (
    sole boolean DEFAULT true NOT NULL,
    chain uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT audit_chain_one CHECK (sole)
);

ALTER TABLE public.audit_chain OWNER TO zhengbei_owner;

CREATE TABLE public.audit_seal (
    seq bigint NOT NULL,
    audit_id bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_seal_form CHECK (((seq >= 1) AND (length(hash) = 32)))
);

ALTER TABLE public.audit_seal OWNER TO zhengbei_owner;

CREATE TABLE public.audit_unsealed (
    audit_id bigint NOT NULL
);

ALTER TABLE public.audit_unsealed OWNER TO zhengbei_owner;

CREATE TABLE public.building_state (
    kind text NOT NULL,
    subject_id integer NOT NULL,
    stage text NOT NULL,
    signed boolean NOT NULL,
    compulsory boolean NOT NULL,
    parcel integer,
    plot integer,
    disposition text,
    use_class text,
    area_m2 numeric(14,4),
    floor_m2 numeric(14,2),
    buildings integer,
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    CONSTRAINT subject_state_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
);

ALTER TABLE public.building_state OWNER TO zhengbei_owner;

CREATE TABLE public.building_version (
    building integer NOT NULL,
    version integer NOT NULL,
    holding integer NOT NULL,
    plot integer NOT NULL,
    floor_area_m2 numeric(14,2) NOT NULL,
    storeys integer NOT NULL,
    use text NOT NULL,
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT building_version_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT building_version_floor CHECK (((floor_area_m2 > (0)::numeric) AND ((storeys >= 1) AND (storeys <= 200)))),
    CONSTRAINT building_version_number CHECK ((version >= 1)),
    CONSTRAINT building_version_use CHECK ((use = ANY (ARRAY['residential'::text, 'factory'::text, 'commercial'::text, 'public'::text])))
);

ALTER TABLE public.building_version OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_b
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_b OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_c
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_c OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_f
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_f OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_h
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_h OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_l
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_l OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_m
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_m OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_p
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_p OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_r
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_r OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_s
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_s OWNER TO zhengbei_owner;

CREATE SEQUENCE public.code_z
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.code_z OWNER TO zhengbei_owner;

CREATE TABLE public.command_post (
    post_id integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT command_post_code_form CHECK ((code ~ '^F-[0-9]{2,}$'::text))
);

ALTER TABLE public.command_post OWNER TO zhengbei_owner;

CREATE TABLE public.command_post_parcel (
    post_id integer NOT NULL,
    parcel integer NOT NULL,
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT command_post_parcel_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
);

ALTER TABLE public.command_post_parcel OWNER TO zhengbei_owner;

ALTER TABLE public.command_post ALTER COLUMN post_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.command_post_post_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.command_post_version (
    post_id integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT command_post_version_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT command_post_version_number CHECK ((version >= 1))
);

ALTER TABLE public.command_post_version OWNER TO zhengbei_owner;

CREATE TABLE public.context_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT context_version_kind CHECK (((kind = ANY (ARRAY['district'::text, 'metro_station'::text, 'metro_line'::text, 'river'::text])) AND (name IS NOT NULL) AND (parcel IS NULL) AND (disposition IS NULL) AND (use_class IS NULL))),
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text, 'retired'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid)))
);

ALTER TABLE public.context_version OWNER TO zhengbei_owner;

CREATE TABLE public.contract (
    contract integer NOT NULL,
    kind text NOT NULL,
    parcel integer NOT NULL,
    CONSTRAINT contract_kind CHECK ((kind = ANY (ARRAY['framework'::text, 'relocation'::text, 'amendment'::text])))
);

ALTER TABLE public.contract OWNER TO zhengbei_owner;

CREATE TABLE public.contract_holding (
    contract integer NOT NULL,
    holding integer NOT NULL,
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT contract_holding_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
);

ALTER TABLE public.contract_holding OWNER TO zhengbei_owner;

CREATE TABLE public.contract_state (
    kind text NOT NULL,
    subject_id integer NOT NULL,
    stage text NOT NULL,
    signed boolean NOT NULL,
    compulsory boolean NOT NULL,
    parcel integer,
    plot integer,
    disposition text,
    use_class text,
    area_m2 numeric(14,4),
    floor_m2 numeric(14,2),
    buildings integer,
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    CONSTRAINT subject_state_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
);

ALTER TABLE public.contract_state OWNER TO zhengbei_owner;

CREATE TABLE public.contract_version (
    contract integer NOT NULL,
    version integer NOT NULL,
    amount numeric(16,2),
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT contract_version_amount CHECK ((amount >= (0)::numeric)),
    CONSTRAINT contract_version_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT contract_version_number CHECK ((version >= 1))
);

ALTER TABLE public.contract_version OWNER TO zhengbei_owner;

CREATE TABLE public.fact (
    fact_id bigint NOT NULL,
    subject_id integer NOT NULL,
    kind text NOT NULL,
    occurred_on date NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    recorded_by text NOT NULL,
    value jsonb DEFAULT '{}'::jsonb NOT NULL,
    note text,
    reason text,
    voids bigint,
    CONSTRAINT fact_days CHECK (((occurred_on >= '1900-01-01'::date) AND (occurred_on <= '2200-12-31'::date))),
    CONSTRAINT fact_value CHECK ((jsonb_typeof(value) = 'object'::text)),
    CONSTRAINT fact_void_form CHECK ((((kind = 'voided'::text) = (voids IS NOT NULL)) AND ((voids IS NULL) OR (reason IS NOT NULL))))
);

ALTER TABLE public.fact OWNER TO zhengbei_owner;

CREATE TABLE public.fact_evidence (
    fact_id bigint NOT NULL,
    ordinal integer NOT NULL,
    name text NOT NULL,
    document_no text
);

ALTER TABLE public.fact_evidence OWNER TO zhengbei_owner;

ALTER TABLE public.fact ALTER COLUMN fact_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.fact_fact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.fact_kind (
    kind text NOT NULL
);

ALTER TABLE public.fact_kind OWNER TO zhengbei_owner;

ALTER TABLE public.feature ALTER COLUMN fid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.feature_fid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.goose_db_version (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.goose_db_version OWNER TO zhengbei_owner;

ALTER TABLE public.goose_db_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.goose_db_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.holding_land (
    holding integer NOT NULL,
    plot integer NOT NULL,
    area_m2 numeric(14,4) NOT NULL,
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT holding_land_area CHECK ((area_m2 > (0)::numeric)),
    CONSTRAINT holding_land_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
);

ALTER TABLE public.holding_land OWNER TO zhengbei_owner;

CREATE TABLE public.holding_party (
    holding integer NOT NULL,
    party_id integer NOT NULL,
    numerator integer NOT NULL,
    denominator integer NOT NULL,
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT holding_party_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT holding_party_share CHECK (((numerator > 0) AND (denominator >= numerator)))
);

ALTER TABLE public.holding_party OWNER TO zhengbei_owner;

CREATE TABLE public.holding_state (
    kind text NOT NULL,
    subject_id integer NOT NULL,
    stage text NOT NULL,
    signed boolean NOT NULL,
    compulsory boolean NOT NULL,
    parcel integer,
    plot integer,
    disposition text,
    use_class text,
    area_m2 numeric(14,4),
    floor_m2 numeric(14,2),
    buildings integer,
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    CONSTRAINT subject_state_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
);

ALTER TABLE public.holding_state OWNER TO zhengbei_owner;

CREATE TABLE public.holding_version (
    holding integer NOT NULL,
    version integer NOT NULL,
    parcel integer NOT NULL,
    name text NOT NULL,
    class text NOT NULL,
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT holding_version_class CHECK ((class = ANY (ARRAY['residential'::text, 'factory'::text, 'collective'::text, 'individual'::text]))),
    CONSTRAINT holding_version_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT holding_version_number CHECK ((version >= 1))
);

ALTER TABLE public.holding_version OWNER TO zhengbei_owner;

CREATE TABLE public.idempotency_key (
    account text NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT idempotency_key_length CHECK (((length(key) >= 1) AND (length(key) <= 200))),
    CONSTRAINT idempotency_key_request CHECK ((length(request) = 32))
);

ALTER TABLE public.idempotency_key OWNER TO zhengbei_owner;

CREATE TABLE public.import (
    import_id integer NOT NULL,
    begun_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    account text NOT NULL,
    collection text NOT NULL,
    look jsonb,
    applied jsonb,
    CONSTRAINT import_collection CHECK ((collection = ANY (ARRAY['zones'::text, 'parcels'::text, 'plots'::text])))
);

ALTER TABLE public.import OWNER TO zhengbei_owner;

CREATE TABLE public.import_base (
    import_id integer NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL
);

ALTER TABLE public.import_base OWNER TO zhengbei_owner;

ALTER TABLE public.import ALTER COLUMN import_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.import_import_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.import_plan (
    import_id integer NOT NULL,
    place integer NOT NULL,
    code text COLLATE pg_catalog."C",
    fid integer,
    version integer,
    parcel integer,
    moves boolean NOT NULL,
    what text[] NOT NULL
);

ALTER TABLE public.import_plan OWNER TO zhengbei_owner;

CREATE TABLE public.import_row (
    import_id integer NOT NULL,
    place integer NOT NULL,
    code text COLLATE pg_catalog."C",
    base integer,
    given integer NOT NULL,
    decimals smallint NOT NULL,
    kind text,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel text COLLATE pg_catalog."C",
    disposition text,
    use_class text,
    accuracy text,
    source text,
    source_en text,
    area_official_m2 text,
    published jsonb,
    degrees public.geometry(Geometry,4490) NOT NULL,
    shape public.geometry(Geometry,4547) GENERATED ALWAYS AS (public.on_grid(degrees)) STORED
);

ALTER TABLE public.import_row OWNER TO zhengbei_owner;

CREATE TABLE public.ledger_settled (
    sole boolean DEFAULT true NOT NULL,
    instant timestamp with time zone NOT NULL,
    CONSTRAINT ledger_settled_one CHECK (sole)
);

ALTER TABLE public.ledger_settled OWNER TO zhengbei_owner;

CREATE TABLE public.lineage (
    ancestor integer NOT NULL,
    descendant integer NOT NULL,
    on_day date NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT lineage_not_itself CHECK ((ancestor <> descendant))
);

ALTER TABLE public.lineage OWNER TO zhengbei_owner;

CREATE TABLE public.one_time_link (
    link_id integer NOT NULL,
    account_id integer NOT NULL,
    purpose text NOT NULL,
    secret bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT one_time_link_purpose CHECK ((purpose = ANY (ARRAY['password'::text, 'sign_in'::text])))
);

ALTER TABLE public.one_time_link OWNER TO zhengbei_owner;

ALTER TABLE public.one_time_link ALTER COLUMN link_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.one_time_link_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox (
    seq bigint NOT NULL,
    xact xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    collection text NOT NULL,
    fid integer,
    x_min double precision,
    y_min double precision,
    x_max double precision,
    y_max double precision,
    subjects integer[],
    CONSTRAINT outbox_place CHECK ((((collection = 'ledger'::text) = (fid IS NULL)) AND ((fid IS NULL) = (x_min IS NULL)))),
    CONSTRAINT outbox_subjects CHECK (((subjects IS NULL) OR (collection = 'ledger'::text)))
);

ALTER TABLE public.outbox OWNER TO zhengbei_owner;

CREATE TABLE public.outbox_begin (
    sole boolean DEFAULT true NOT NULL,
    before xid8 NOT NULL,
    CONSTRAINT outbox_begin_one CHECK (sole)
);

ALTER TABLE public.outbox_begin OWNER TO zhengbei_owner;

ALTER TABLE public.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.subject (
    subject_id integer DEFAULT nextval('public.feature_fid_seq'::regclass) NOT NULL,
    kind text NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    derived_at timestamp with time zone,
    parcel integer,
    CONSTRAINT subject_code_form CHECK (
CASE kind
    WHEN 'contract'::text THEN (code ~ '^C-[0-9]{4,}$'::text)
    WHEN 'building'::text THEN (code ~ '^B-[0-9]{4,}$'::text)
    WHEN 'holding'::text THEN (code ~ '^H-[0-9]{4,}$'::text)
    WHEN 'plot'::text THEN (code ~ '^L-[0-9]{6,}$'::text)
    WHEN 'parcel'::text THEN (code ~ '^P-[0-9]{2,}$'::text)
    WHEN 'milestone'::text THEN (code ~ '^M-[0-9]{4,}$'::text)
    ELSE false
END),
    CONSTRAINT subject_number CHECK ((subject_id > 0))
);

ALTER TABLE public.subject OWNER TO zhengbei_owner;

CREATE VIEW public.own_fact AS
 SELECT f.fact_id
   FROM (public.fact f
     JOIN public.subject s ON ((s.subject_id = f.subject_id)))
  WHERE (s.parcel = ANY (( SELECT public.acting_parcels() AS acting_parcels)::integer[]));

ALTER TABLE public.own_fact OWNER TO zhengbei_owner;

CREATE TABLE public.party (
    party_id integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    post_id integer DEFAULT public.acting_post(),
    CONSTRAINT party_code_form CHECK ((code ~ '^R-[0-9]{4,}$'::text))
);

ALTER TABLE public.party OWNER TO zhengbei_owner;

CREATE VIEW public.own_party AS
 SELECT h.party_id
   FROM (public.holding_party h
     JOIN public.subject s ON ((s.subject_id = h.holding)))
  WHERE ((s.kind = 'holding'::text) AND (s.parcel = ANY (( SELECT public.acting_parcels() AS acting_parcels)::integer[])))
UNION ALL
 SELECT p.party_id
   FROM public.party p
  WHERE (p.post_id = ( SELECT public.acting_post() AS acting_post));

ALTER TABLE public.own_party OWNER TO zhengbei_owner;

CREATE VIEW public.own_thing AS
 SELECT s.subject_id
   FROM public.subject s
  WHERE (s.parcel = ANY (( SELECT public.acting_parcels() AS acting_parcels)::integer[]));

ALTER TABLE public.own_thing OWNER TO zhengbei_owner;

CREATE TABLE public.parcel_state (
    kind text NOT NULL,
    subject_id integer NOT NULL,
    stage text NOT NULL,
    signed boolean NOT NULL,
    compulsory boolean NOT NULL,
    parcel integer,
    plot integer,
    disposition text,
    use_class text,
    area_m2 numeric(14,4),
    floor_m2 numeric(14,2),
    buildings integer,
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    CONSTRAINT subject_state_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
);

ALTER TABLE public.parcel_state OWNER TO zhengbei_owner;

CREATE TABLE public.parcel_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text, 'retired'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid))),
    CONSTRAINT parcel_version_kind CHECK (((kind = 'parcel'::text) AND (name IS NOT NULL) AND (name_status IS NOT NULL) AND (parcel IS NULL) AND (disposition IS NULL) AND (use_class IS NULL))),
    CONSTRAINT parcel_version_polygon CHECK (((public.geometrytype(shape) = ANY (ARRAY['POLYGON'::text, 'MULTIPOLYGON'::text])) AND (area_m2 > (0)::numeric) AND (area_plane_m2 > (0)::numeric)))
);

ALTER TABLE public.parcel_version OWNER TO zhengbei_owner;

ALTER TABLE public.party ALTER COLUMN party_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.party_party_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.party_personal (
    party_id integer NOT NULL,
    key_id integer NOT NULL,
    id_number bytea,
    id_number_hash bytea,
    phone bytea,
    phone_hash bytea,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_by text NOT NULL,
    CONSTRAINT party_personal_pairs CHECK ((((id_number IS NULL) = (id_number_hash IS NULL)) AND ((phone IS NULL) = (phone_hash IS NULL))))
);

ALTER TABLE public.party_personal OWNER TO zhengbei_owner;

CREATE TABLE public.party_version (
    party_id integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT party_version_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT party_version_kind CHECK ((kind = ANY (ARRAY['person'::text, 'company'::text, 'collective_company'::text]))),
    CONSTRAINT party_version_number CHECK ((version >= 1))
);

ALTER TABLE public.party_version OWNER TO zhengbei_owner;

CREATE TABLE public.personal_key (
    key_id integer NOT NULL,
    check_value bytea NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    retired_at timestamp with time zone
);

ALTER TABLE public.personal_key OWNER TO zhengbei_owner;

ALTER TABLE public.personal_key ALTER COLUMN key_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.personal_key_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.plot_state (
    kind text NOT NULL,
    subject_id integer NOT NULL,
    stage text NOT NULL,
    signed boolean NOT NULL,
    compulsory boolean NOT NULL,
    parcel integer,
    plot integer,
    disposition text,
    use_class text,
    area_m2 numeric(14,4),
    floor_m2 numeric(14,2),
    buildings integer,
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    CONSTRAINT subject_state_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
);

ALTER TABLE public.plot_state OWNER TO zhengbei_owner;

CREATE TABLE public.plot_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text, 'retired'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid))),
    CONSTRAINT plot_version_disposed CHECK (((disposition IS NOT NULL) AND (use_class IS NOT NULL))),
    CONSTRAINT plot_version_kind CHECK (((kind = 'plot'::text) AND (parcel IS NOT NULL) AND (disposition = ANY (ARRAY['storage'::text, 'retained'::text, 'kept'::text])) AND (use_class = ANY (ARRAY['industrial'::text, 'residential_potential'::text, 'livelihood'::text, 'other'::text])))),
    CONSTRAINT plot_version_polygon CHECK (((public.geometrytype(shape) = ANY (ARRAY['POLYGON'::text, 'MULTIPOLYGON'::text])) AND (area_m2 > (0)::numeric) AND (area_plane_m2 > (0)::numeric)))
);

ALTER TABLE public.plot_version OWNER TO zhengbei_owner;

ALTER TABLE public.round ALTER COLUMN round_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.round_round_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.round_version (
    round_id integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    starts_on date NOT NULL,
    target_ha numeric(12,4),
    deadline date,
    source text NOT NULL,
    source_en text NOT NULL,
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    default_at date,
    CONSTRAINT round_version_deadline CHECK ((deadline > starts_on)),
    CONSTRAINT round_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT round_version_number CHECK ((version >= 1)),
    CONSTRAINT round_version_target CHECK ((target_ha > (0)::numeric)),
    CONSTRAINT round_version_valid CHECK ((NOT isempty(valid)))
);

ALTER TABLE public.round_version OWNER TO zhengbei_owner;

CREATE TABLE public.session (
    session_id integer NOT NULL,
    account_id integer NOT NULL,
    secret bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    address text NOT NULL,
    agent text NOT NULL,
    CONSTRAINT session_form CHECK (((length(secret) = 32) AND (length(agent) <= 300)))
);

ALTER TABLE public.session OWNER TO zhengbei_owner;

ALTER TABLE public.session ALTER COLUMN session_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.session_session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sign_in_elsewhere (
    secret bytea NOT NULL,
    back_to text NOT NULL,
    ends_at timestamp with time zone DEFAULT (clock_timestamp() + '00:10:00'::interval) NOT NULL,
    CONSTRAINT sign_in_elsewhere_form CHECK (((length(secret) = 32) AND (back_to ~ '^/([^/]|$)'::text)))
);

ALTER TABLE public.sign_in_elsewhere OWNER TO zhengbei_owner;

CREATE TABLE public.sign_in_failure (
    failure_id bigint NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    pending boolean DEFAULT true NOT NULL
);

ALTER TABLE public.sign_in_failure OWNER TO zhengbei_owner;

ALTER TABLE public.sign_in_failure ALTER COLUMN failure_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sign_in_failure_failure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.tenant (
    tenant_id integer NOT NULL,
    building integer NOT NULL,
    name text NOT NULL,
    valid daterange NOT NULL,
    known tstzrange DEFAULT tstzrange(clock_timestamp(), NULL::timestamp with time zone) NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT tenant_clocks CHECK (((NOT isempty(valid)) AND (NOT isempty(known)) AND (NOT lower_inf(known))))
);

ALTER TABLE public.tenant OWNER TO zhengbei_owner;

ALTER TABLE public.tenant ALTER COLUMN tenant_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tenant_tenant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.token (
    token_id integer NOT NULL,
    account_id integer NOT NULL,
    name text NOT NULL,
    secret bytea NOT NULL,
    scopes text[] NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    used_at timestamp with time zone,
    CONSTRAINT token_form CHECK (((length(secret) = 32) AND ((length(name) >= 1) AND (length(name) <= 100)) AND (length(reason) <= 500))),
    CONSTRAINT token_scopes CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['read'::text, 'edit'::text, 'export'::text])))
);

ALTER TABLE public.token OWNER TO zhengbei_owner;

ALTER TABLE public.token ALTER COLUMN token_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.token_token_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE public.unchecked (
    xact xid8 DEFAULT pg_current_xact_id() NOT NULL,
    collection text NOT NULL,
    fid integer NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE public.unchecked OWNER TO zhengbei_owner;

CREATE UNLOGGED TABLE public.underived (
    xact xid8 DEFAULT pg_current_xact_id() NOT NULL,
    subject_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    shape boolean NOT NULL
);

ALTER TABLE public.underived OWNER TO zhengbei_owner;

CREATE UNLOGGED TABLE public.underived_xact (
    xact xid8 DEFAULT pg_current_xact_id() NOT NULL
);

ALTER TABLE public.underived_xact OWNER TO zhengbei_owner;

CREATE TABLE public.zone_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text, 'retired'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid))),
    CONSTRAINT zone_version_kind CHECK (((kind = 'zone'::text) AND (name IS NOT NULL) AND (parcel IS NULL) AND (disposition IS NULL) AND (use_class IS NULL))),
    CONSTRAINT zone_version_polygon CHECK (((public.geometrytype(shape) = ANY (ARRAY['POLYGON'::text, 'MULTIPOLYGON'::text])) AND (area_m2 > (0)::numeric) AND (area_plane_m2 > (0)::numeric)))
);

ALTER TABLE public.zone_version OWNER TO zhengbei_owner;

ALTER TABLE ONLY public.subject_state ATTACH PARTITION public.building_state FOR VALUES IN ('building');

ALTER TABLE ONLY public.feature_version ATTACH PARTITION public.context_version FOR VALUES IN ('context');

ALTER TABLE ONLY public.subject_state ATTACH PARTITION public.contract_state FOR VALUES IN ('contract');

ALTER TABLE ONLY public.subject_state ATTACH PARTITION public.holding_state FOR VALUES IN ('holding');

ALTER TABLE ONLY public.subject_state ATTACH PARTITION public.parcel_state FOR VALUES IN ('parcel');

ALTER TABLE ONLY public.feature_version ATTACH PARTITION public.parcel_version FOR VALUES IN ('parcels');

ALTER TABLE ONLY public.subject_state ATTACH PARTITION public.plot_state FOR VALUES IN ('plot');

ALTER TABLE ONLY public.feature_version ATTACH PARTITION public.plot_version FOR VALUES IN ('plots');

ALTER TABLE ONLY public.feature_version ATTACH PARTITION public.zone_version FOR VALUES IN ('zones');

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_elsewhere UNIQUE (issuer, subject);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pk PRIMARY KEY (account_id);

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_pk PRIMARY KEY (sole);

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pk PRIMARY KEY (audit_id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_once UNIQUE (audit_id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_pk PRIMARY KEY (seq);

ALTER TABLE ONLY public.audit_unsealed
    ADD CONSTRAINT audit_unsealed_pk PRIMARY KEY (audit_id);

ALTER TABLE ONLY public.building_state
    ADD CONSTRAINT building_state_one EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE public.building_version
    ADD CONSTRAINT building_version_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.building_version
    ADD CONSTRAINT building_version_one EXCLUDE USING gist (building WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.command_post
    ADD CONSTRAINT command_post_code UNIQUE (code);

ALTER TABLE public.command_post_parcel
    ADD CONSTRAINT command_post_parcel_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.command_post_parcel
    ADD CONSTRAINT command_post_parcel_one EXCLUDE USING gist (parcel WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.command_post
    ADD CONSTRAINT command_post_pk PRIMARY KEY (post_id);

ALTER TABLE public.command_post_version
    ADD CONSTRAINT command_post_version_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.command_post_version
    ADD CONSTRAINT command_post_version_one EXCLUDE USING gist (post_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.context_version
    ADD CONSTRAINT context_version_one EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&);

ALTER TABLE public.contract_holding
    ADD CONSTRAINT contract_holding_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.contract_holding
    ADD CONSTRAINT contract_holding_one EXCLUDE USING gist (contract WITH =, holding WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_pk PRIMARY KEY (contract);

ALTER TABLE ONLY public.contract_state
    ADD CONSTRAINT contract_state_one EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE public.contract_version
    ADD CONSTRAINT contract_version_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.contract_version
    ADD CONSTRAINT contract_version_one EXCLUDE USING gist (contract WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.fact_evidence
    ADD CONSTRAINT fact_evidence_pk PRIMARY KEY (fact_id, ordinal);

ALTER TABLE ONLY public.fact_kind
    ADD CONSTRAINT fact_kind_pk PRIMARY KEY (kind);

ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_of_subject UNIQUE (fact_id, subject_id);

ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_pk PRIMARY KEY (fact_id);

ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_voided_once UNIQUE (voids);

ALTER TABLE ONLY public.feature
    ADD CONSTRAINT feature_code UNIQUE (code);

ALTER TABLE ONLY public.feature
    ADD CONSTRAINT feature_in_layer UNIQUE (collection, fid);

ALTER TABLE ONLY public.feature
    ADD CONSTRAINT feature_pk PRIMARY KEY (fid);

ALTER TABLE public.feature_version
    ADD CONSTRAINT feature_version_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.goose_db_version
    ADD CONSTRAINT goose_db_version_pkey PRIMARY KEY (id);

ALTER TABLE public.holding_land
    ADD CONSTRAINT holding_land_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.holding_land
    ADD CONSTRAINT holding_land_one EXCLUDE USING gist (holding WITH =, plot WITH =, valid WITH &&, known WITH &&);

ALTER TABLE public.holding_party
    ADD CONSTRAINT holding_party_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.holding_party
    ADD CONSTRAINT holding_party_one EXCLUDE USING gist (holding WITH =, party_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.holding_state
    ADD CONSTRAINT holding_state_one EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE public.holding_version
    ADD CONSTRAINT holding_version_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.holding_version
    ADD CONSTRAINT holding_version_one EXCLUDE USING gist (holding WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pk PRIMARY KEY (account, key);

ALTER TABLE ONLY public.import_base
    ADD CONSTRAINT import_base_pk PRIMARY KEY (import_id, fid);

ALTER TABLE ONLY public.import
    ADD CONSTRAINT import_pk PRIMARY KEY (import_id);

ALTER TABLE ONLY public.import_plan
    ADD CONSTRAINT import_plan_pk PRIMARY KEY (import_id, place);

ALTER TABLE ONLY public.ledger_settled
    ADD CONSTRAINT ledger_settled_pk PRIMARY KEY (sole);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_pk PRIMARY KEY (ancestor, descendant);

ALTER TABLE ONLY public.one_time_link
    ADD CONSTRAINT one_time_link_pk PRIMARY KEY (link_id);

ALTER TABLE ONLY public.one_time_link
    ADD CONSTRAINT one_time_link_secret UNIQUE (secret);

ALTER TABLE ONLY public.outbox_begin
    ADD CONSTRAINT outbox_begin_pk PRIMARY KEY (sole);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pk PRIMARY KEY (seq);

ALTER TABLE ONLY public.parcel_state
    ADD CONSTRAINT parcel_state_one EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.parcel_version
    ADD CONSTRAINT parcel_version_one EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.party
    ADD CONSTRAINT party_code UNIQUE (code);

ALTER TABLE ONLY public.party_personal
    ADD CONSTRAINT party_personal_pk PRIMARY KEY (party_id);

ALTER TABLE ONLY public.party
    ADD CONSTRAINT party_pk PRIMARY KEY (party_id);

ALTER TABLE public.party_version
    ADD CONSTRAINT party_version_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.party_version
    ADD CONSTRAINT party_version_one EXCLUDE USING gist (party_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.personal_key
    ADD CONSTRAINT personal_key_check UNIQUE (check_value);

ALTER TABLE ONLY public.personal_key
    ADD CONSTRAINT personal_key_pk PRIMARY KEY (key_id);

ALTER TABLE ONLY public.plot_edge
    ADD CONSTRAINT plot_edge_one EXCLUDE USING gist (a WITH =, b WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.plot_state
    ADD CONSTRAINT plot_state_one EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.plot_version
    ADD CONSTRAINT plot_version_one EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.plot_zone
    ADD CONSTRAINT plot_zone_one EXCLUDE USING gist (plot WITH =, zone WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.round
    ADD CONSTRAINT round_code UNIQUE (code);

ALTER TABLE ONLY public.round
    ADD CONSTRAINT round_pk PRIMARY KEY (round_id);

ALTER TABLE public.round_version
    ADD CONSTRAINT round_version_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.round_version
    ADD CONSTRAINT round_version_one EXCLUDE USING gist (round_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pk PRIMARY KEY (session_id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_secret UNIQUE (secret);

ALTER TABLE ONLY public.sign_in_elsewhere
    ADD CONSTRAINT sign_in_elsewhere_pk PRIMARY KEY (secret);

ALTER TABLE ONLY public.sign_in_failure
    ADD CONSTRAINT sign_in_failure_pk PRIMARY KEY (failure_id);

ALTER TABLE ONLY public.subject
    ADD CONSTRAINT subject_code UNIQUE (code);

ALTER TABLE ONLY public.subject
    ADD CONSTRAINT subject_pk PRIMARY KEY (subject_id);

ALTER TABLE public.tenant
    ADD CONSTRAINT tenant_finite CHECK (((isfinite(lower(valid)) IS NOT FALSE) AND (isfinite(upper(valid)) IS NOT FALSE) AND (isfinite(lower(known)) IS NOT FALSE) AND (isfinite(upper(known)) IS NOT FALSE))) NOT VALID;

ALTER TABLE ONLY public.tenant
    ADD CONSTRAINT tenant_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pk PRIMARY KEY (token_id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_secret UNIQUE (secret);

ALTER TABLE ONLY public.underived_xact
    ADD CONSTRAINT underived_xact_pk PRIMARY KEY (xact);

ALTER TABLE ONLY public.zone_version
    ADD CONSTRAINT zone_version_one EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&);

CREATE UNIQUE INDEX account_name ON public.account USING btree (lower(name));

CREATE INDEX audit_by_account ON public.audit USING btree (account, audit_id);

CREATE INDEX audit_by_at ON public.audit USING btree (at, audit_id);

CREATE INDEX audit_by_object ON public.audit USING gin (objects);

CREATE INDEX subject_state_by_subject ON ONLY public.subject_state USING btree (subject_id);

CREATE INDEX building_state_subject_id_idx ON public.building_state USING btree (subject_id);

CREATE INDEX building_version_by_building ON public.building_version USING btree (building);

CREATE INDEX building_version_by_holding ON public.building_version USING btree (holding);

CREATE INDEX building_version_by_plot ON public.building_version USING btree (plot);

CREATE INDEX feature_version_fid ON ONLY public.feature_version USING btree (fid);

CREATE INDEX context_version_fid_idx ON public.context_version USING btree (fid);

CREATE INDEX feature_version_shape_3857 ON ONLY public.feature_version USING gist (shape_3857);

CREATE INDEX context_version_shape_3857_idx ON public.context_version USING gist (shape_3857);

CREATE INDEX feature_version_shape ON ONLY public.feature_version USING gist (shape);

CREATE INDEX context_version_shape_idx ON public.context_version USING gist (shape);

CREATE INDEX contract_by_parcel ON public.contract USING btree (parcel);

CREATE INDEX contract_holding_by_contract ON public.contract_holding USING btree (contract);

CREATE INDEX contract_holding_by_holding ON public.contract_holding USING btree (holding);

CREATE INDEX contract_state_clocks ON public.contract_state USING gist (valid, known);

CREATE INDEX contract_state_subject_id_idx ON public.contract_state USING btree (subject_id);

CREATE INDEX fact_by_day ON public.fact USING btree (occurred_on DESC, fact_id DESC);

CREATE INDEX fact_by_subject ON public.fact USING btree (subject_id, kind, occurred_on);

CREATE INDEX feature_by_code ON public.feature USING btree (collection, code);

CREATE INDEX holding_land_by_holding ON public.holding_land USING btree (holding);

CREATE INDEX holding_land_by_plot ON public.holding_land USING btree (plot);

CREATE INDEX holding_party_by_holding ON public.holding_party USING btree (holding);

CREATE INDEX holding_party_by_party ON public.holding_party USING btree (party_id);

CREATE INDEX holding_state_clocks ON public.holding_state USING gist (valid, known);

CREATE INDEX holding_state_subject_id_idx ON public.holding_state USING btree (subject_id);

CREATE INDEX holding_version_parcel_holds ON public.holding_version USING btree (parcel);

CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (created_at);

CREATE INDEX import_by_age ON public.import USING btree (begun_at);

CREATE INDEX import_row_by_import ON public.import_row USING btree (import_id, place);

CREATE INDEX import_row_shape ON public.import_row USING gist (shape);

CREATE INDEX lineage_by_descendant ON public.lineage USING btree (descendant);

CREATE INDEX one_time_link_by_account ON public.one_time_link USING btree (account_id) WHERE (used_at IS NULL);

CREATE INDEX outbox_by_xact ON public.outbox USING btree (xact, seq);

CREATE INDEX parcel_state_subject_id_idx ON public.parcel_state USING btree (subject_id);

CREATE INDEX parcel_version_fid_idx ON public.parcel_version USING btree (fid);

CREATE INDEX parcel_version_shape_3857_idx ON public.parcel_version USING gist (shape_3857);

CREATE INDEX parcel_version_shape_idx ON public.parcel_version USING gist (shape);

CREATE INDEX party_personal_by_id_number ON public.party_personal USING btree (id_number_hash);

CREATE INDEX party_personal_by_phone ON public.party_personal USING btree (phone_hash);

CREATE UNIQUE INDEX personal_key_in_use ON public.personal_key USING btree ((true)) WHERE (retired_at IS NULL);

CREATE INDEX plot_edge_by_a ON public.plot_edge USING btree (a);

CREATE INDEX plot_edge_by_b ON public.plot_edge USING btree (b);

CREATE INDEX plot_state_clocks ON public.plot_state USING gist (valid, known);

CREATE INDEX plot_state_released ON public.plot_state USING gist (valid, known) WHERE ((disposition = 'storage'::text) AND (stage = ANY (ARRAY['stored'::text, 'supplied'::text])));

CREATE INDEX plot_state_subject_id_idx ON public.plot_state USING btree (subject_id);

CREATE INDEX plot_version_by_parcel ON public.plot_version USING btree (parcel);

CREATE INDEX plot_version_fid_idx ON public.plot_version USING btree (fid);

CREATE INDEX plot_version_shape_3857_idx ON public.plot_version USING gist (shape_3857);

CREATE INDEX plot_version_shape_idx ON public.plot_version USING gist (shape);

CREATE INDEX plot_zone_by_plot ON public.plot_zone USING btree (plot);

CREATE INDEX session_by_account ON public.session USING btree (account_id) WHERE (ended_at IS NULL);

CREATE INDEX sign_in_elsewhere_by_end ON public.sign_in_elsewhere USING btree (ends_at);

CREATE INDEX sign_in_failure_by_address ON public.sign_in_failure USING btree (address, at);

CREATE INDEX sign_in_failure_by_at ON public.sign_in_failure USING btree (at);

CREATE INDEX sign_in_failure_by_name ON public.sign_in_failure USING btree (name, address, at);

CREATE INDEX subject_by_parcel ON public.subject USING btree (parcel, kind, subject_id);

CREATE INDEX tenant_by_building ON public.tenant USING btree (building);

CREATE INDEX token_by_account ON public.token USING btree (account_id) WHERE (ended_at IS NULL);

CREATE INDEX unchecked_by_xact ON public.unchecked USING btree (xact);

CREATE INDEX underived_by_xact ON public.underived USING btree (xact);

CREATE INDEX zone_version_fid_idx ON public.zone_version USING btree (fid);

CREATE INDEX zone_version_shape_3857_idx ON public.zone_version USING gist (shape_3857);

CREATE INDEX zone_version_shape_idx ON public.zone_version USING gist (shape);

ALTER INDEX public.subject_state_by_subject ATTACH PARTITION public.building_state_subject_id_idx;

ALTER INDEX public.feature_version_fid ATTACH PARTITION public.context_version_fid_idx;

ALTER INDEX public.feature_version_shape_3857 ATTACH PARTITION public.context_version_shape_3857_idx;

ALTER INDEX public.feature_version_shape ATTACH PARTITION public.context_version_shape_idx;

ALTER INDEX public.subject_state_by_subject ATTACH PARTITION public.contract_state_subject_id_idx;

ALTER INDEX public.subject_state_by_subject ATTACH PARTITION public.holding_state_subject_id_idx;

ALTER INDEX public.subject_state_by_subject ATTACH PARTITION public.parcel_state_subject_id_idx;

ALTER INDEX public.feature_version_fid ATTACH PARTITION public.parcel_version_fid_idx;

ALTER INDEX public.feature_version_shape_3857 ATTACH PARTITION public.parcel_version_shape_3857_idx;

ALTER INDEX public.feature_version_shape ATTACH PARTITION public.parcel_version_shape_idx;

ALTER INDEX public.subject_state_by_subject ATTACH PARTITION public.plot_state_subject_id_idx;

ALTER INDEX public.feature_version_fid ATTACH PARTITION public.plot_version_fid_idx;

ALTER INDEX public.feature_version_shape_3857 ATTACH PARTITION public.plot_version_shape_3857_idx;

ALTER INDEX public.feature_version_shape ATTACH PARTITION public.plot_version_shape_idx;

ALTER INDEX public.feature_version_fid ATTACH PARTITION public.zone_version_fid_idx;

ALTER INDEX public.feature_version_shape_3857 ATTACH PARTITION public.zone_version_shape_3857_idx;

ALTER INDEX public.feature_version_shape ATTACH PARTITION public.zone_version_shape_idx;

CREATE TRIGGER audit_chain_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_chain FOR EACH STATEMENT EXECUTE FUNCTION public.audit_stays();

CREATE TRIGGER audit_seal_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION public.audit_stays();

CREATE TRIGGER audit_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_stays();

CREATE TRIGGER audit_waits AFTER INSERT ON public.audit FOR EACH ROW EXECUTE FUNCTION public.audit_waits();

CREATE TRIGGER building_version_begins AFTER INSERT ON public.building_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('building', 'holding', 'plot');

CREATE TRIGGER building_version_belongs AFTER INSERT ON public.building_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.building_belongs();

CREATE TRIGGER building_version_closes AFTER UPDATE ON public.building_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('building', 'holding', 'plot');

CREATE TRIGGER building_version_enters BEFORE INSERT OR UPDATE ON public.building_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER building_version_history BEFORE DELETE OR UPDATE ON public.building_version FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER building_version_whole BEFORE TRUNCATE ON public.building_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER command_post_parcel_allowed AFTER INSERT OR UPDATE ON public.command_post_parcel FOR EACH ROW EXECUTE FUNCTION public.row_is_allowed();

CREATE TRIGGER command_post_parcel_enters BEFORE INSERT OR UPDATE ON public.command_post_parcel FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER command_post_parcel_history BEFORE DELETE OR UPDATE ON public.command_post_parcel FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER command_post_parcel_says AFTER INSERT OR UPDATE ON public.command_post_parcel FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_says();

CREATE TRIGGER command_post_parcel_whole BEFORE TRUNCATE ON public.command_post_parcel FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER command_post_version_allowed AFTER INSERT OR UPDATE ON public.command_post_version FOR EACH ROW EXECUTE FUNCTION public.row_is_allowed();

CREATE TRIGGER command_post_version_enters BEFORE INSERT OR UPDATE ON public.command_post_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER command_post_version_history BEFORE DELETE OR UPDATE ON public.command_post_version FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER command_post_version_says AFTER INSERT OR UPDATE ON public.command_post_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_says();

CREATE TRIGGER command_post_version_whole BEFORE TRUNCATE ON public.command_post_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER context_version_announces_end AFTER UPDATE ON public.context_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER context_version_announces_new AFTER INSERT ON public.context_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER context_version_enters BEFORE INSERT OR UPDATE ON public.context_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER context_version_whole BEFORE TRUNCATE ON public.context_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER contract_belongs AFTER INSERT ON public.contract REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.contract_belongs();

CREATE TRIGGER contract_enters BEFORE INSERT ON public.contract FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER contract_holding_begins AFTER INSERT ON public.contract_holding REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('contract', 'holding');

CREATE TRIGGER contract_holding_closes AFTER UPDATE ON public.contract_holding REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('contract', 'holding');

CREATE TRIGGER contract_holding_enters BEFORE INSERT OR UPDATE ON public.contract_holding FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER contract_holding_history BEFORE DELETE OR UPDATE ON public.contract_holding FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER contract_holding_whole BEFORE TRUNCATE ON public.contract_holding FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER contract_version_begins AFTER INSERT ON public.contract_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('contract');

CREATE TRIGGER contract_version_closes AFTER UPDATE ON public.contract_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('contract');

CREATE TRIGGER contract_version_enters BEFORE INSERT OR UPDATE ON public.contract_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER contract_version_history BEFORE DELETE OR UPDATE ON public.contract_version FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER contract_version_whole BEFORE TRUNCATE ON public.contract_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER contract_whole BEFORE DELETE OR UPDATE OR TRUNCATE ON public.contract FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER fact_begins AFTER INSERT ON public.fact REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.fact_moves();

CREATE TRIGGER fact_enters BEFORE INSERT ON public.fact FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER fact_evidence_enters BEFORE INSERT ON public.fact_evidence FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER fact_evidence_whole BEFORE DELETE OR UPDATE OR TRUNCATE ON public.fact_evidence FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER fact_whole BEFORE DELETE OR UPDATE OR TRUNCATE ON public.fact FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER feature_is_subject AFTER INSERT ON public.feature FOR EACH ROW WHEN ((new.collection = ANY (ARRAY['plots'::text, 'parcels'::text]))) EXECUTE FUNCTION public.feature_is_subject();

CREATE TRIGGER feature_version_announces_end AFTER UPDATE ON public.feature_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER feature_version_announces_new AFTER INSERT ON public.feature_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER feature_version_begins AFTER INSERT ON public.feature_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.shape_moves();

CREATE TRIGGER feature_version_belongs AFTER INSERT ON public.feature_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.plot_belongs();

CREATE TRIGGER feature_version_closes AFTER UPDATE ON public.feature_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.shape_moves();

CREATE TRIGGER feature_version_enters BEFORE INSERT OR UPDATE ON public.feature_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER feature_version_history BEFORE DELETE OR UPDATE ON public.feature_version FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER feature_version_measure BEFORE INSERT ON public.feature_version FOR EACH ROW EXECUTE FUNCTION public.feature_version_measure();

CREATE TRIGGER holding_land_begins AFTER INSERT ON public.holding_land REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('holding', 'plot');

CREATE TRIGGER holding_land_closes AFTER UPDATE ON public.holding_land REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('holding', 'plot');

CREATE TRIGGER holding_land_enters BEFORE INSERT OR UPDATE ON public.holding_land FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER holding_land_history BEFORE DELETE OR UPDATE ON public.holding_land FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER holding_land_whole BEFORE TRUNCATE ON public.holding_land FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER holding_party_allowed AFTER INSERT OR UPDATE ON public.holding_party FOR EACH ROW EXECUTE FUNCTION public.row_is_allowed();

CREATE TRIGGER holding_party_enters BEFORE INSERT OR UPDATE ON public.holding_party FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER holding_party_history BEFORE DELETE OR UPDATE ON public.holding_party FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER holding_party_says AFTER INSERT OR UPDATE ON public.holding_party FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_says();

CREATE TRIGGER holding_party_whole BEFORE TRUNCATE ON public.holding_party FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER holding_version_begins AFTER INSERT ON public.holding_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('holding');

CREATE TRIGGER holding_version_belongs AFTER INSERT ON public.holding_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.holding_belongs();

CREATE TRIGGER holding_version_closes AFTER UPDATE ON public.holding_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.register_moves('holding');

CREATE TRIGGER holding_version_enters BEFORE INSERT OR UPDATE ON public.holding_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER holding_version_history BEFORE DELETE OR UPDATE ON public.holding_version FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER holding_version_whole BEFORE TRUNCATE ON public.holding_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER lineage_whole BEFORE DELETE OR UPDATE OR TRUNCATE ON public.lineage FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER parcel_version_announces_end AFTER UPDATE ON public.parcel_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER parcel_version_announces_new AFTER INSERT ON public.parcel_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER parcel_version_begins AFTER INSERT ON public.parcel_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.shape_moves();

CREATE TRIGGER parcel_version_closes AFTER UPDATE ON public.parcel_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.shape_moves();

CREATE TRIGGER parcel_version_enters BEFORE INSERT OR UPDATE ON public.parcel_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER parcel_version_whole BEFORE TRUNCATE ON public.parcel_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER party_version_allowed AFTER INSERT OR UPDATE ON public.party_version FOR EACH ROW EXECUTE FUNCTION public.row_is_allowed();

CREATE TRIGGER party_version_enters BEFORE INSERT OR UPDATE ON public.party_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER party_version_history BEFORE DELETE OR UPDATE ON public.party_version FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER party_version_says AFTER INSERT OR UPDATE ON public.party_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_says();

CREATE TRIGGER party_version_whole BEFORE TRUNCATE ON public.party_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER plot_version_announces_end AFTER UPDATE ON public.plot_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER plot_version_announces_new AFTER INSERT ON public.plot_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER plot_version_begins AFTER INSERT ON public.plot_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.shape_moves();

CREATE TRIGGER plot_version_belongs AFTER INSERT ON public.plot_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.plot_belongs();

CREATE TRIGGER plot_version_closes AFTER UPDATE ON public.plot_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.shape_moves();

CREATE TRIGGER plot_version_enters BEFORE INSERT OR UPDATE ON public.plot_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER plot_version_whole BEFORE TRUNCATE ON public.plot_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER round_version_allowed AFTER INSERT OR UPDATE ON public.round_version FOR EACH ROW EXECUTE FUNCTION public.row_is_allowed();

CREATE TRIGGER round_version_enters BEFORE INSERT OR UPDATE ON public.round_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER round_version_history BEFORE DELETE OR UPDATE ON public.round_version FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER round_version_says AFTER INSERT OR UPDATE ON public.round_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_says();

CREATE TRIGGER round_version_whole BEFORE TRUNCATE ON public.round_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER tenant_allowed AFTER INSERT OR UPDATE ON public.tenant FOR EACH ROW EXECUTE FUNCTION public.row_is_allowed();

CREATE TRIGGER tenant_enters BEFORE INSERT OR UPDATE ON public.tenant FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER tenant_history BEFORE DELETE OR UPDATE ON public.tenant FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER tenant_says AFTER INSERT OR UPDATE ON public.tenant FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_says();

CREATE TRIGGER tenant_whole BEFORE TRUNCATE ON public.tenant FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE CONSTRAINT TRIGGER underived_derives AFTER INSERT ON public.underived_xact DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.derive_at_commit();

CREATE TRIGGER zone_version_announces_end AFTER UPDATE ON public.zone_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER zone_version_announces_new AFTER INSERT ON public.zone_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER zone_version_begins AFTER INSERT ON public.zone_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.shape_moves();

CREATE TRIGGER zone_version_closes AFTER UPDATE ON public.zone_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.shape_moves();

CREATE TRIGGER zone_version_enters BEFORE INSERT OR UPDATE ON public.zone_version FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_write();

CREATE TRIGGER zone_version_whole BEFORE TRUNCATE ON public.zone_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_post FOREIGN KEY (post_id) REFERENCES public.command_post(post_id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_audit FOREIGN KEY (audit_id) REFERENCES public.audit(audit_id);

ALTER TABLE ONLY public.building_version
    ADD CONSTRAINT building_version_building FOREIGN KEY (building) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.building_version
    ADD CONSTRAINT building_version_holding FOREIGN KEY (holding) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.building_version
    ADD CONSTRAINT building_version_plot FOREIGN KEY (plot) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.command_post_parcel
    ADD CONSTRAINT command_post_parcel_parcel FOREIGN KEY (parcel) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.command_post_parcel
    ADD CONSTRAINT command_post_parcel_post FOREIGN KEY (post_id) REFERENCES public.command_post(post_id);

ALTER TABLE ONLY public.command_post_version
    ADD CONSTRAINT command_post_version_post FOREIGN KEY (post_id) REFERENCES public.command_post(post_id);

ALTER TABLE ONLY public.contract_holding
    ADD CONSTRAINT contract_holding_contract FOREIGN KEY (contract) REFERENCES public.contract(contract);

ALTER TABLE ONLY public.contract_holding
    ADD CONSTRAINT contract_holding_holding FOREIGN KEY (holding) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_parcel FOREIGN KEY (parcel) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_subject FOREIGN KEY (contract) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.contract_version
    ADD CONSTRAINT contract_version_contract FOREIGN KEY (contract) REFERENCES public.contract(contract);

ALTER TABLE ONLY public.fact_evidence
    ADD CONSTRAINT fact_evidence_fact FOREIGN KEY (fact_id) REFERENCES public.fact(fact_id);

ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_kind FOREIGN KEY (kind) REFERENCES public.fact_kind(kind);

ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_subject FOREIGN KEY (subject_id) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_voids FOREIGN KEY (voids, subject_id) REFERENCES public.fact(fact_id, subject_id);

ALTER TABLE ONLY public.feature
    ADD CONSTRAINT feature_round FOREIGN KEY (round_id) REFERENCES public.round(round_id);

ALTER TABLE public.feature_version
    ADD CONSTRAINT feature_version_feature FOREIGN KEY (collection, fid) REFERENCES public.feature(collection, fid);

ALTER TABLE public.feature_version
    ADD CONSTRAINT feature_version_parcel FOREIGN KEY (parcel) REFERENCES public.feature(fid);

ALTER TABLE ONLY public.holding_land
    ADD CONSTRAINT holding_land_holding FOREIGN KEY (holding) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.holding_land
    ADD CONSTRAINT holding_land_plot FOREIGN KEY (plot) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.holding_party
    ADD CONSTRAINT holding_party_holding FOREIGN KEY (holding) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.holding_party
    ADD CONSTRAINT holding_party_party FOREIGN KEY (party_id) REFERENCES public.party(party_id);

ALTER TABLE ONLY public.holding_version
    ADD CONSTRAINT holding_version_holding FOREIGN KEY (holding) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.holding_version
    ADD CONSTRAINT holding_version_parcel FOREIGN KEY (parcel) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_ancestor FOREIGN KEY (ancestor) REFERENCES public.feature(fid);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_descendant FOREIGN KEY (descendant) REFERENCES public.feature(fid);

ALTER TABLE ONLY public.one_time_link
    ADD CONSTRAINT one_time_link_account FOREIGN KEY (account_id) REFERENCES public.account(account_id);

ALTER TABLE ONLY public.party_personal
    ADD CONSTRAINT party_personal_key FOREIGN KEY (key_id) REFERENCES public.personal_key(key_id);

ALTER TABLE ONLY public.party_personal
    ADD CONSTRAINT party_personal_party FOREIGN KEY (party_id) REFERENCES public.party(party_id);

ALTER TABLE ONLY public.party
    ADD CONSTRAINT party_post FOREIGN KEY (post_id) REFERENCES public.command_post(post_id);

ALTER TABLE ONLY public.party_version
    ADD CONSTRAINT party_version_party FOREIGN KEY (party_id) REFERENCES public.party(party_id);

ALTER TABLE ONLY public.round_version
    ADD CONSTRAINT round_version_round FOREIGN KEY (round_id) REFERENCES public.round(round_id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_account FOREIGN KEY (account_id) REFERENCES public.account(account_id);

ALTER TABLE ONLY public.subject
    ADD CONSTRAINT subject_parcel FOREIGN KEY (parcel) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.tenant
    ADD CONSTRAINT tenant_building FOREIGN KEY (building) REFERENCES public.subject(subject_id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_account FOREIGN KEY (account_id) REFERENCES public.account(account_id);

ALTER TABLE public.audit ENABLE ROW LEVEL SECURITY;

CREATE POLICY audit_reads ON public.audit FOR SELECT USING ((( SELECT public.acting_role() AS acting_role) = ANY (ARRAY['auditor'::text, 'console'::text])));

ALTER TABLE public.audit_seal ENABLE ROW LEVEL SECURITY;

CREATE POLICY audit_seal_reads ON public.audit_seal FOR SELECT USING ((( SELECT public.acting_role() AS acting_role) = ANY (ARRAY['auditor'::text, 'console'::text])));

CREATE POLICY audit_writes ON public.audit FOR INSERT WITH CHECK (true);

ALTER TABLE public.building_version ENABLE ROW LEVEL SECURITY;

CREATE POLICY building_version_of_post ON public.building_version USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = building_version.building)))));

CREATE POLICY building_version_within ON public.building_version AS RESTRICTIVE FOR INSERT WITH CHECK ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (NOT upper_inf(valid)) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = building_version.holding)))));

ALTER TABLE public.contract ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contract_holding ENABLE ROW LEVEL SECURITY;

CREATE POLICY contract_holding_of_post ON public.contract_holding USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = contract_holding.contract)))));

CREATE POLICY contract_holding_within ON public.contract_holding AS RESTRICTIVE FOR INSERT WITH CHECK ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (NOT upper_inf(valid)) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = contract_holding.holding)))));

CREATE POLICY contract_of_post ON public.contract USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = contract.contract)))));

ALTER TABLE public.contract_version ENABLE ROW LEVEL SECURITY;

CREATE POLICY contract_version_of_post ON public.contract_version USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = contract_version.contract)))));

ALTER TABLE public.fact ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fact_evidence ENABLE ROW LEVEL SECURITY;

CREATE POLICY fact_evidence_of_post ON public.fact_evidence USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_fact f
  WHERE (f.fact_id = fact_evidence.fact_id)))));

CREATE POLICY fact_of_post ON public.fact USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = fact.subject_id)))));

ALTER TABLE public.holding_land ENABLE ROW LEVEL SECURITY;

CREATE POLICY holding_land_of_post ON public.holding_land USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = holding_land.holding)))));

CREATE POLICY holding_land_within ON public.holding_land AS RESTRICTIVE FOR INSERT WITH CHECK ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (NOT upper_inf(valid)) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = holding_land.plot)))));

ALTER TABLE public.holding_party ENABLE ROW LEVEL SECURITY;

CREATE POLICY holding_party_of_post ON public.holding_party USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = holding_party.holding)))));

ALTER TABLE public.holding_version ENABLE ROW LEVEL SECURITY;

CREATE POLICY holding_version_of_post ON public.holding_version USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = holding_version.holding)))));

CREATE POLICY holding_version_within ON public.holding_version AS RESTRICTIVE FOR INSERT WITH CHECK ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (NOT upper_inf(valid)) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = holding_version.parcel)))));

ALTER TABLE public.party ENABLE ROW LEVEL SECURITY;

CREATE POLICY party_of_post ON public.party USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (post_id = ( SELECT public.acting_post() AS acting_post)) OR (EXISTS ( SELECT
   FROM public.own_party o
  WHERE (o.party_id = (party.party_id)::bigint)))));

ALTER TABLE public.party_personal ENABLE ROW LEVEL SECURITY;

CREATE POLICY party_personal_of_post ON public.party_personal USING (((( SELECT public.acting_role() AS acting_role) = ANY (ARRAY['officer'::text, 'command_post'::text, 'console'::text])) AND (EXISTS ( SELECT
   FROM public.party p
  WHERE (p.party_id = party_personal.party_id)))));

ALTER TABLE public.party_version ENABLE ROW LEVEL SECURITY;

CREATE POLICY party_version_of_post ON public.party_version USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_party o
  WHERE (o.party_id = (party_version.party_id)::bigint)))));

ALTER TABLE public.subject ENABLE ROW LEVEL SECURITY;

CREATE POLICY subject_of_post ON public.subject USING (((kind = ANY (ARRAY['plot'::text, 'parcel'::text])) OR ( SELECT public.acting_sees_all() AS acting_sees_all) OR (parcel = ANY (( SELECT public.acting_parcels() AS acting_parcels)::integer[]))));

ALTER TABLE public.tenant ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_of_post ON public.tenant USING ((( SELECT public.acting_sees_all() AS acting_sees_all) OR (EXISTS ( SELECT
   FROM public.own_thing o
  WHERE (o.subject_id = tenant.building)))));

GRANT SELECT,INSERT ON TABLE public.audit TO zhengbei_service;

REVOKE ALL ON FUNCTION public.audit_seal_some(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.audit_seal_some(most integer) TO zhengbei_service;

GRANT SELECT ON TABLE public.plot_edge TO zhengbei_service;

REVOKE ALL ON FUNCTION public.import_analyze() FROM PUBLIC;
GRANT ALL ON FUNCTION public.import_analyze() TO zhengbei_service;

REVOKE ALL ON FUNCTION public.kinds_of_contracts(ids integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.kinds_of_contracts(ids integer[]) TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.feature TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.feature_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.feature_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.round TO zhengbei_service;

GRANT SELECT ON TABLE public.land TO zhengbei_service;

REVOKE ALL ON FUNCTION public.ledger_analyze() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ledger_analyze() TO zhengbei_service;

REVOKE ALL ON FUNCTION public.ledger_announce(moved integer[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ledger_lock(ids integer[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ledger_lock_seen(ids integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ledger_lock_seen(ids integer[]) TO zhengbei_service;

REVOKE ALL ON FUNCTION public.ledger_note(first timestamp with time zone, last timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ledger_settle() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ledger_settle() TO zhengbei_service;

REVOKE ALL ON FUNCTION public.links_of_contracts(ids integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.links_of_contracts(ids integer[]) TO zhengbei_service;

REVOKE ALL ON FUNCTION public.links_of_land(ids integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.links_of_land(ids integer[]) TO zhengbei_service;

REVOKE ALL ON FUNCTION public.next_code(letter text, digits integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.next_code(letter text, digits integer) TO zhengbei_service;

REVOKE ALL ON FUNCTION public.outbox_prune() FROM PUBLIC;
GRANT ALL ON FUNCTION public.outbox_prune() TO zhengbei_service;

GRANT SELECT ON TABLE public.subject_state TO zhengbei_service;

GRANT SELECT ON TABLE public.plot_zone TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(person) ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(role) ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(post_id) ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(sees_names) ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(password_hash) ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(password_at) ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(issuer) ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(subject) ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(disabled_at) ON TABLE public.account TO zhengbei_service;

GRANT UPDATE(signed_in_at) ON TABLE public.account TO zhengbei_service;

GRANT SELECT ON TABLE public.audit_chain TO zhengbei_service;

GRANT SELECT ON TABLE public.audit_seal TO zhengbei_service;

GRANT SELECT ON TABLE public.audit_unsealed TO zhengbei_service;

GRANT SELECT ON TABLE public.building_state TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.building_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.building_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.command_post TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.command_post_parcel TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.command_post_parcel TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.command_post_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.command_post_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.context_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.context_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.contract TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.contract_holding TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.contract_holding TO zhengbei_service;

GRANT SELECT ON TABLE public.contract_state TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.contract_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.contract_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.fact TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.fact_evidence TO zhengbei_service;

GRANT SELECT ON TABLE public.fact_kind TO zhengbei_service;

GRANT USAGE ON SEQUENCE public.feature_fid_seq TO zhengbei_service;

GRANT SELECT ON TABLE public.goose_db_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.holding_land TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.holding_land TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.holding_party TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.holding_party TO zhengbei_service;

GRANT SELECT ON TABLE public.holding_state TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.holding_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.holding_version TO zhengbei_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_key TO zhengbei_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.import TO zhengbei_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.import_base TO zhengbei_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.import_plan TO zhengbei_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.import_row TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.lineage TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.one_time_link TO zhengbei_service;

GRANT UPDATE(used_at) ON TABLE public.one_time_link TO zhengbei_service;

GRANT SELECT ON TABLE public.outbox TO zhengbei_service;

GRANT SELECT ON TABLE public.outbox_begin TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.subject TO zhengbei_service;

GRANT SELECT ON TABLE public.own_fact TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.party TO zhengbei_service;

GRANT SELECT ON TABLE public.own_party TO zhengbei_service;

GRANT SELECT ON TABLE public.own_thing TO zhengbei_service;

GRANT SELECT ON TABLE public.parcel_state TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.parcel_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.parcel_version TO zhengbei_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.party_personal TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.party_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.party_version TO zhengbei_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.personal_key TO zhengbei_service;

GRANT SELECT ON TABLE public.plot_state TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.plot_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.plot_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.round_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.round_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.session TO zhengbei_service;

GRANT UPDATE(seen_at) ON TABLE public.session TO zhengbei_service;

GRANT UPDATE(ended_at) ON TABLE public.session TO zhengbei_service;

GRANT SELECT,INSERT,DELETE ON TABLE public.sign_in_elsewhere TO zhengbei_service;

GRANT SELECT,INSERT,DELETE ON TABLE public.sign_in_failure TO zhengbei_service;

GRANT UPDATE(pending) ON TABLE public.sign_in_failure TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.tenant TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.tenant TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.token TO zhengbei_service;

GRANT UPDATE(ended_at) ON TABLE public.token TO zhengbei_service;

GRANT UPDATE(used_at) ON TABLE public.token TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.zone_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.zone_version TO zhengbei_service;
