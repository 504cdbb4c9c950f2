-- Rounds, and the layers zones, parcels, plots and context, with versions in two clocks and lineage.

-- +goose Up

-- The programme rounds. Their number of parcels and zones is data.
CREATE TABLE round (
    round_id  int     GENERATED ALWAYS AS IDENTITY,
    code      text    COLLATE "C" NOT NULL,
    demo      boolean NOT NULL DEFAULT false, -- a demonstration: nothing in it is real
    CONSTRAINT round_pk        PRIMARY KEY (round_id),
    CONSTRAINT round_code      UNIQUE (code),
    CONSTRAINT round_code_form CHECK (code ~ '^R-[0-9]{4}(-[0-9]+)?$')
);

CREATE TABLE round_version (
    round_id     int           NOT NULL,
    version      int           NOT NULL,
    name         text          NOT NULL,
    name_en      text          NOT NULL,
    starts_on    date          NOT NULL,
    target_ha    numeric(12,4),
    deadline     date,                        -- null until an officer sets one: none is published
    source       text          NOT NULL,
    source_en    text          NOT NULL,
    valid        daterange     NOT NULL,
    known        tstzrange     NOT NULL,
    recorded_at  timestamptz   NOT NULL,
    recorded_by  text          NOT NULL,
    reason       text          NOT NULL,
    document_no  text,
    CONSTRAINT round_version_round     FOREIGN KEY (round_id) REFERENCES round (round_id),
    CONSTRAINT round_version_number    CHECK (version >= 1),
    CONSTRAINT round_version_valid     CHECK (NOT isempty(valid)),
    CONSTRAINT round_version_known     CHECK (NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT round_version_target    CHECK (target_ha > 0),
    CONSTRAINT round_version_deadline  CHECK (deadline > starts_on),
    CONSTRAINT round_version_one       EXCLUDE USING gist (round_id WITH =, valid WITH &&, known WITH &&)
);

-- One row a thing of any layer. fid is the integer id in tiles; code is its name for ever.
CREATE TABLE feature (
    fid         int  GENERATED ALWAYS AS IDENTITY,
    collection  text NOT NULL,
    code        text COLLATE "C" NOT NULL,
    round_id    int,
    CONSTRAINT feature_pk          PRIMARY KEY (fid),
    CONSTRAINT feature_code        UNIQUE (code),
    CONSTRAINT feature_in_layer    UNIQUE (collection, fid),
    CONSTRAINT feature_round       FOREIGN KEY (round_id) REFERENCES round (round_id),
    CONSTRAINT feature_has_round   CHECK ((round_id IS NULL) = (collection = 'context')),
    CONSTRAINT feature_code_form   CHECK (CASE collection
        WHEN 'zones'   THEN code ~ '^Z-[0-9]{2,}$'
        WHEN 'parcels' THEN code ~ '^P-[0-9]{2,}$'
        WHEN 'plots'   THEN code ~ '^L-[0-9]{6,}$'
        WHEN 'context' THEN code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'
        ELSE false END)
);
CREATE INDEX feature_by_code ON feature (collection, code);

-- What a thing was, on which days (valid), as known at which instants (known).
-- A row is never rewritten: a later write closes its known and adds rows.
CREATE TABLE feature_version (
    collection        text          NOT NULL,
    fid               int           NOT NULL,
    version           int           NOT NULL,
    change            text          NOT NULL,
    kind              text          NOT NULL,
    name              text,
    name_en           text,
    name_status       text,
    subdistrict       text,
    subdistrict_en    text,
    locality          text,
    locality_en       text,
    parcel            int,
    disposition       text,
    use_class         text,
    accuracy          text          NOT NULL,
    source            text          NOT NULL,
    source_en         text          NOT NULL,
    area_official_m2  numeric(14,4),
    published         jsonb         NOT NULL DEFAULT '{}',
    shape             geometry(Geometry, 4547) NOT NULL,
    shape_3857        geometry(Geometry, 3857) NOT NULL, -- derived, for tiles and boxes
    area_m2           numeric(14,4),                     -- ellipsoidal, measured once; null for lines and points
    area_plane_m2     numeric(14,4),                     -- in EPSG:4547
    valid             daterange     NOT NULL,
    known             tstzrange     NOT NULL,
    recorded_at       timestamptz   NOT NULL,            -- when this version was first recorded
    recorded_by       text          NOT NULL,
    reason            text          NOT NULL,
    document_no       text,
    CONSTRAINT feature_version_feature     FOREIGN KEY (collection, fid) REFERENCES feature (collection, fid),
    CONSTRAINT feature_version_parcel      FOREIGN KEY (parcel) REFERENCES feature (fid),
    CONSTRAINT feature_version_number      CHECK (version >= 1),
    CONSTRAINT feature_version_change      CHECK (change IN ('created', 'changed', 'corrected', 'noded')),
    CONSTRAINT feature_version_accuracy    CHECK (accuracy IN ('approximate', 'schematic', 'surveyed')),
    CONSTRAINT feature_version_name_status CHECK (name_status IN ('confirmed', 'probable', 'placeholder')),
    CONSTRAINT feature_version_official    CHECK (area_official_m2 > 0),
    CONSTRAINT feature_version_published   CHECK (jsonb_typeof(published) = 'object'),
    CONSTRAINT feature_version_valid       CHECK (NOT isempty(valid)),
    CONSTRAINT feature_version_known       CHECK (NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT feature_version_shape_valid CHECK (ST_IsValid(shape) AND NOT ST_IsEmpty(shape)),
    CONSTRAINT feature_version_on_grid     CHECK (shape = ST_SnapToGrid(shape, 0.0001))
) PARTITION BY LIST (collection);

CREATE TABLE zone_version PARTITION OF feature_version (
    CONSTRAINT zone_version_one      EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT zone_version_kind     CHECK (kind = 'zone' AND name IS NOT NULL AND parcel IS NULL AND disposition IS NULL AND use_class IS NULL),
    CONSTRAINT zone_version_polygon  CHECK (GeometryType(shape) IN ('POLYGON', 'MULTIPOLYGON') AND area_m2 > 0 AND area_plane_m2 > 0)
) FOR VALUES IN ('zones');

CREATE TABLE parcel_version PARTITION OF feature_version (
    CONSTRAINT parcel_version_one      EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT parcel_version_kind     CHECK (kind = 'parcel' AND name IS NOT NULL AND name_status IS NOT NULL AND parcel IS NULL AND disposition IS NULL AND use_class IS NULL),
    CONSTRAINT parcel_version_polygon  CHECK (GeometryType(shape) IN ('POLYGON', 'MULTIPOLYGON') AND area_m2 > 0 AND area_plane_m2 > 0)
) FOR VALUES IN ('parcels');

CREATE TABLE plot_version PARTITION OF feature_version (
    CONSTRAINT plot_version_one      EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT plot_version_kind     CHECK (kind = 'plot' AND parcel IS NOT NULL
        AND disposition IN ('storage', 'retained', 'kept')
        AND use_class IN ('industrial', 'residential_potential', 'livelihood', 'other')),
    CONSTRAINT plot_version_polygon  CHECK (GeometryType(shape) IN ('POLYGON', 'MULTIPOLYGON') AND area_m2 > 0 AND area_plane_m2 > 0)
) FOR VALUES IN ('plots');

CREATE TABLE context_version PARTITION OF feature_version (
    CONSTRAINT context_version_one   EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&),
    CONSTRAINT context_version_kind  CHECK (kind IN ('district', 'metro_station', 'metro_line', 'river') AND name IS NOT NULL AND parcel IS NULL AND disposition IS NULL AND use_class IS NULL)
) FOR VALUES IN ('context');

CREATE INDEX feature_version_fid        ON feature_version (fid);
CREATE INDEX feature_version_shape      ON feature_version USING gist (shape);
CREATE INDEX feature_version_shape_3857 ON feature_version USING gist (shape_3857);

-- What became of what: the parts of a split, the sources of a merge.
CREATE TABLE lineage (
    ancestor     int         NOT NULL,
    descendant   int         NOT NULL,
    on_day       date        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT lineage_pk          PRIMARY KEY (ancestor, descendant),
    CONSTRAINT lineage_ancestor    FOREIGN KEY (ancestor) REFERENCES feature (fid),
    CONSTRAINT lineage_descendant  FOREIGN KEY (descendant) REFERENCES feature (fid),
    CONSTRAINT lineage_not_itself  CHECK (ancestor <> descendant)
);
CREATE INDEX lineage_by_descendant ON lineage (descendant);

-- One row a change of a thing on the map, written by a trigger, so that psql is seen as well.
-- A reader goes by xact, never by seq alone: a lower seq may commit later (see outbox.since).
CREATE TABLE outbox (
    seq         bigint      GENERATED ALWAYS AS IDENTITY,
    xact        xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    collection  text        NOT NULL,
    fid         int         NOT NULL,
    x_min       float8      NOT NULL, -- the box of the shape in EPSG:3857, metres
    y_min       float8      NOT NULL,
    x_max       float8      NOT NULL,
    y_max       float8      NOT NULL,
    CONSTRAINT outbox_pk PRIMARY KEY (seq)
);
CREATE INDEX outbox_by_xact ON outbox (xact, seq);

-- The answer of an unsafe request, kept so that the same request sent again does nothing twice.
CREATE TABLE idempotency_key (
    account     text        NOT NULL,
    key         text        NOT NULL,
    request     bytea       NOT NULL, -- SHA-256 of method, path and body
    status      int,
    headers     jsonb,
    body        bytea,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT idempotency_key_pk      PRIMARY KEY (account, key),
    CONSTRAINT idempotency_key_length  CHECK (length(key) BETWEEN 1 AND 200),
    CONSTRAINT idempotency_key_request CHECK (length(request) = 32)
);
CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at);

-- The write order of the whole ledger: every writer holds it shared, settling takes it alone.
-- +goose StatementBegin
CREATE FUNCTION ledger_enter() RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock_shared(0, 1)
$$;
-- +goose StatementEnd

-- An instant before which no write can commit any more.
-- +goose StatementBegin
CREATE FUNCTION ledger_settle() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(0, 1);
    RETURN clock_timestamp();
END
$$;
-- +goose StatementEnd

-- The national land survey's ellipsoidal area (椭球面积) in m2, rounded once, to four decimals.
-- +goose StatementBegin
CREATE FUNCTION area_ellipsoidal_m2(shape geometry) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT round(ST_Area(ST_Transform(shape, 4490)::geography, true)::numeric, 4)
$$;
-- +goose StatementEnd

-- Measures a new row: derived columns are the same whoever writes.
-- +goose StatementBegin
CREATE FUNCTION feature_version_measure() RETURNS trigger LANGUAGE plpgsql AS $$
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
-- +goose StatementEnd

-- History only ever closes: an open known is ended at a later instant, nothing else changes.
-- +goose StatementBegin
CREATE FUNCTION history_only_closes() RETURNS trigger LANGUAGE plpgsql AS $$
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
-- +goose StatementEnd

-- Tells every reader which box changed; one notification a transaction.
-- +goose StatementBegin
CREATE FUNCTION feature_version_announce() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.outbox (collection, fid, x_min, y_min, x_max, y_max)
    VALUES (NEW.collection, NEW.fid, ST_XMin(NEW.shape_3857), ST_YMin(NEW.shape_3857), ST_XMax(NEW.shape_3857), ST_YMax(NEW.shape_3857));
    PERFORM pg_notify('zhengbei_change', '');
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER feature_version_measure  BEFORE INSERT           ON feature_version FOR EACH ROW EXECUTE FUNCTION feature_version_measure();
CREATE TRIGGER feature_version_history  BEFORE UPDATE OR DELETE ON feature_version FOR EACH ROW EXECUTE FUNCTION history_only_closes();
CREATE TRIGGER feature_version_announce AFTER INSERT OR UPDATE  ON feature_version FOR EACH ROW EXECUTE FUNCTION feature_version_announce();
CREATE TRIGGER round_version_history    BEFORE UPDATE OR DELETE ON round_version   FOR EACH ROW EXECUTE FUNCTION history_only_closes();
CREATE TRIGGER zone_version_whole       BEFORE TRUNCATE ON zone_version    FOR EACH STATEMENT EXECUTE FUNCTION history_only_closes();
CREATE TRIGGER parcel_version_whole     BEFORE TRUNCATE ON parcel_version  FOR EACH STATEMENT EXECUTE FUNCTION history_only_closes();
CREATE TRIGGER plot_version_whole       BEFORE TRUNCATE ON plot_version    FOR EACH STATEMENT EXECUTE FUNCTION history_only_closes();
CREATE TRIGGER context_version_whole    BEFORE TRUNCATE ON context_version FOR EACH STATEMENT EXECUTE FUNCTION history_only_closes();
CREATE TRIGGER round_version_whole      BEFORE TRUNCATE ON round_version   FOR EACH STATEMENT EXECUTE FUNCTION history_only_closes();
CREATE TRIGGER lineage_whole            BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage FOR EACH STATEMENT EXECUTE FUNCTION history_only_closes();

-- A version as lists, items, tiles and exports read it: with its code, its parcel's code, its round's mark.
CREATE VIEW land AS
SELECT v.collection, v.fid, f.code, v.version, v.change, v.kind, v.name, v.name_en, v.name_status,
       v.subdistrict, v.subdistrict_en, v.locality, v.locality_en, p.code AS parcel, v.disposition, v.use_class,
       v.accuracy, v.source, v.source_en, v.area_m2, v.area_plane_m2, v.area_official_m2, v.published,
       v.shape, v.shape_3857, v.valid, v.known, v.recorded_at, v.recorded_by, v.reason, v.document_no,
       coalesce(r.demo, false) AS demo
FROM   feature_version v
JOIN   feature f USING (collection, fid)
LEFT   JOIN feature p ON p.fid = v.parcel
LEFT   JOIN round r ON r.round_id = f.round_id;

-- The things of a layer that were alive on any of the days, each once, in its last version, as known at an instant
-- (infinity: all that is committed). Inlined by the planner, so that boxes and codes still use their indexes.
-- +goose StatementBegin
CREATE FUNCTION land_on(layer text, days daterange, as_known timestamptz) RETURNS SETOF land LANGUAGE sql STABLE AS $$
    SELECT v.*
    FROM   land v
    WHERE  v.collection = layer AND v.valid && days
    AND    v.known @> CASE WHEN layer = 'context' THEN 'infinity' ELSE as_known END -- rivers and stations give orientation, whatever was known of the land
    AND    (upper(days) - lower(days) = 1 OR NOT EXISTS (
               SELECT FROM feature_version later
               WHERE  later.collection = layer AND later.fid = v.fid AND later.known @> as_known
               AND    later.valid && days AND lower(later.valid) > lower(v.valid)))
$$;
-- +goose StatementEnd

-- A box in EPSG:3857; where it has no width or height it is a line or a point, which PostGIS tests exactly.
-- +goose StatementBegin
CREATE FUNCTION box_3857(x_min float8, y_min float8, x_max float8, y_max float8) RETURNS geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_SetSRID(ST_Envelope(ST_MakeLine(ST_Point(x_min, y_min), ST_Point(x_max, y_max))), 3857)
$$;
-- +goose StatementEnd

-- The service owns nothing and cannot rewrite history.
GRANT SELECT, INSERT ON round, feature, lineage, round_version, feature_version, zone_version, parcel_version, plot_version, context_version TO zhengbei_service;
GRANT UPDATE (known) ON round_version, feature_version, zone_version, parcel_version, plot_version, context_version TO zhengbei_service;
GRANT SELECT ON land, outbox, goose_db_version TO zhengbei_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO zhengbei_service;
