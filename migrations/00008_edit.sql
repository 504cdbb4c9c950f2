-- Boundaries edited by many at once: cells to lock, the overlap that nobody may commit, codes that are never given twice.
-- +goose Up

-- A retirement is a version of its own, so that who retired a thing and why stands in its history.
ALTER TABLE feature_version DROP CONSTRAINT feature_version_change;
ALTER TABLE feature_version ADD CONSTRAINT feature_version_change CHECK (change IN ('created', 'changed', 'corrected', 'noded', 'retired'));

-- A shape in degrees as it is kept: in EPSG:4547 on the 0.1 mm grid. An expression alone, so that it costs no call.
-- +goose StatementBegin
CREATE FUNCTION on_grid(shape geometry) RETURNS geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_SnapToGrid(ST_Transform(ST_SetSRID(shape, 4490), 4547), 0.0001)
$$;
-- +goose StatementEnd

-- The cells of 500 m under the box of a shape, grown by 1 m, and how many they are.
-- +goose StatementBegin
CREATE FUNCTION edit_box(shape geometry) RETURNS TABLE (west int, south int, east int, north int, cells bigint) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT b.west, b.south, b.east, b.north, (b.east - b.west + 1)::bigint * (b.north - b.south + 1)
    FROM  (SELECT floor((ST_XMin(shape) - 1) / 500)::int AS west, floor((ST_YMin(shape) - 1) / 500)::int AS south,
                  floor((ST_XMax(shape) + 1) / 500)::int AS east, floor((ST_YMax(shape) + 1) / 500)::int AS north) b
$$;
-- +goose StatementEnd

-- The keys of the cells of a layer under shapes; ascending, each once.
-- +goose StatementBegin
CREATE FUNCTION edit_cells(layer text, shapes geometry[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT k.key ORDER BY k.key), '{}')
    FROM   unnest(shapes) s
    CROSS  JOIN LATERAL edit_box(s) b
    CROSS  JOIN LATERAL generate_series(b.west, b.east) c
    CROSS  JOIN LATERAL generate_series(b.south, b.north) r
    CROSS  JOIN LATERAL (SELECT (array_position(array['zones', 'parcels', 'plots'], layer)::bigint << 48) | ((c + 8388608)::bigint << 24) | (r + 8388608)::bigint AS key) k
$$;
-- +goose StatementEnd

-- Takes cells, which come ascending, until the transaction ends; answers them.
-- +goose StatementBegin
CREATE FUNCTION edit_lock_cells(cells bigint[]) RETURNS bigint[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    cell bigint;
BEGIN
    FOREACH cell IN ARRAY cells LOOP
        PERFORM pg_advisory_xact_lock(cell);
    END LOOP;
    RETURN cells;
END
$$;
-- +goose StatementEnd

-- What an edit lies in, after its cells: a parcel is held shared by edits of its plots and alone by one of its own,
-- all zones shared by edits of plots, whose parts in zones are derived, and alone by an edit of a zone.
-- +goose StatementBegin
CREATE FUNCTION edit_lock_parents(layer text, parcels int[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
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
-- +goose StatementEnd

-- Where things of a layer overlap others of it on some day by more than 0.01 m2, as known now: the most of each pair.
-- +goose StatementBegin
CREATE FUNCTION edit_overlaps(layer text, fids int[]) RETURNS TABLE (fid int, other int, area_m2 numeric, shape geometry) LANGUAGE plpgsql STABLE SET jit = off AS $$
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
$$;
-- +goose StatementEnd

-- Ends rows as known now, and keeps what held before a day under the same number.
-- +goose StatementBegin
CREATE FUNCTION edit_close(layer text, fids int[], versions int[], since date[], from_day date, at timestamptz) RETURNS void LANGUAGE sql VOLATILE AS $$
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
-- +goose StatementEnd

-- Whether a plot has a live acceptance.
-- +goose StatementBegin
CREATE FUNCTION plot_accepted(plot int) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM fact a WHERE a.subject_id = plot AND a.kind IN ('title_accepted', 'site_accepted', 'stored') AND NOT EXISTS (SELECT FROM fact x WHERE x.voids = a.fact_id))
$$;
-- +goose StatementEnd

-- The hashes of the boundaries for which a live correction of a plot is recorded.
-- +goose StatementBegin
CREATE FUNCTION plot_corrections(plot int) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT array(SELECT c.value ->> 'hash' FROM fact c WHERE c.subject_id = plot AND c.kind = 'boundary_corrected' AND c.value ? 'hash' AND NOT EXISTS (SELECT FROM fact x WHERE x.voids = c.fact_id))
$$;
-- +goose StatementEnd

-- What a transaction has begun on the map, to be looked at when it ends.
CREATE UNLOGGED TABLE unchecked (
    xact        xid8        NOT NULL DEFAULT pg_current_xact_id(),
    collection  text        NOT NULL,
    fid         int         NOT NULL,
    at          timestamptz NOT NULL -- when it began, or ceased to be known
);
CREATE INDEX unchecked_by_xact ON unchecked (xact);

-- The backstop: whoever wrote, psql and bulk loads included, no two things of a layer overlap when the transaction ends.
-- It takes the locks of an edit itself, and so looks after everybody who was before it.
-- +goose StatementBegin
CREATE FUNCTION edit_guard() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
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
-- +goose StatementEnd

-- As before, and looks at overlaps first; plots far from each other no longer wait for each other.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION derive_noted() RETURNS int[] LANGUAGE plpgsql VOLATILE AS $$
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
-- +goose StatementEnd

-- As before, and notes what the end of the transaction is to look at.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION shape_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
-- +goose StatementEnd

-- Codes: a sequence each. Those that came from elsewhere are passed over; none is given twice, not even after a refused write.
CREATE SEQUENCE code_z;
CREATE SEQUENCE code_p;
CREATE SEQUENCE code_l;
CREATE SEQUENCE code_h;
CREATE SEQUENCE code_b;
CREATE SEQUENCE code_c;
CREATE SEQUENCE code_r;
CREATE SEQUENCE code_f;
CREATE SEQUENCE code_m;
CREATE SEQUENCE code_s;

-- The next code of a kind: its letter, and a number of so many digits at least.
-- +goose StatementBegin
CREATE FUNCTION next_code(letter text, digits int) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION next_code(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_code(text, int) TO zhengbei_service;
