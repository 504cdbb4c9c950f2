-- Files that were looked at: kept for a day, applied as a whole or not at all.
-- +goose Up

-- Whether two shapes are the same ground: rings may begin elsewhere and turn the other way, and one part may be called many.
-- +goose StatementBegin
CREATE FUNCTION same_ground(a geometry, b geometry) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT a = b OR a && b AND ST_NPoints(a) = ST_NPoints(b) AND ST_Normalize(ST_Multi(a)) = ST_Normalize(ST_Multi(b))
$$;
-- +goose StatementEnd

-- One row a file. What the look found is kept as it was answered.
CREATE TABLE import (
    import_id   int          GENERATED ALWAYS AS IDENTITY,
    begun_at    timestamptz  NOT NULL DEFAULT clock_timestamp(),
    account     text         NOT NULL,
    collection  text         NOT NULL,
    look        jsonb,       -- null: the file is still being read, or its reader was killed
    applied     jsonb,       -- what was written; null: nothing yet
    CONSTRAINT import_pk          PRIMARY KEY (import_id),
    CONSTRAINT import_collection  CHECK (collection IN ('zones', 'parcels', 'plots'))
);
CREATE INDEX import_by_age ON import (begun_at);

-- What follows hangs on an import by its number alone: a foreign key would be looked up for each of its rows, which took longer than reading them.

-- The features of a file as it brings them; given says which properties it names (land.Given).
CREATE TABLE import_row (
    import_id         int       NOT NULL,
    place             int       NOT NULL,
    code              text      COLLATE "C",
    base              int,
    given             int       NOT NULL,
    decimals          smallint  NOT NULL,
    kind              text,
    name              text,
    name_en           text,
    name_status       text,
    subdistrict       text,
    subdistrict_en    text,
    locality          text,
    locality_en       text,
    parcel            text      COLLATE "C",
    disposition       text,
    use_class         text,
    accuracy          text,
    source            text,
    source_en         text,
    area_official_m2  text,
    published         jsonb,
    degrees           geometry(Geometry, 4490) NOT NULL,
    shape             geometry(Geometry, 4547) GENERATED ALWAYS AS (on_grid(degrees)) STORED
);
CREATE INDEX import_row_by_import ON import_row (import_id, place);
CREATE INDEX import_row_shape     ON import_row USING gist (shape);

-- What each feature of a file does: what it begins or changes, and what stands there now.
CREATE TABLE import_plan (
    import_id  int      NOT NULL,
    place      int      NOT NULL,
    code       text     COLLATE "C", -- null: numbered when it is applied
    fid        int,                  -- null: new
    version    int,                  -- that stands; null: new
    parcel     int,                  -- a plot's
    moves      boolean  NOT NULL,    -- new, or its shape changes
    what       text[]   NOT NULL,    -- which of its parts change; empty: it says what is already so
    CONSTRAINT import_plan_pk  PRIMARY KEY (import_id, place)
);

-- All that a file was compared with: the features that it names, their neighbours, and what they lie in.
CREATE TABLE import_base (
    import_id  int  NOT NULL,
    fid        int  NOT NULL,
    version    int  NOT NULL,
    CONSTRAINT import_base_pk  PRIMARY KEY (import_id, fid)
);

-- What stands until further notice in a layer, as known now.
-- +goose StatementBegin
CREATE FUNCTION standing(layer text) RETURNS SETOF feature_version LANGUAGE sql STABLE AS $$
    SELECT v.* FROM feature_version v WHERE v.collection = layer AND upper_inf(v.known) AND upper_inf(v.valid)
$$;
-- +goose StatementEnd

-- What an import was, or would now be, compared with.
-- +goose StatementBegin
CREATE FUNCTION import_bases(import int, layer text) RETURNS TABLE (fid int, version int) LANGUAGE sql STABLE AS $$
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
-- +goose StatementEnd

-- The cells under the boxes of what an import would lock, and how many each takes.
-- +goose StatementBegin
CREATE FUNCTION import_boxes(import int, layer text) RETURNS TABLE (place int, code text, west int, south int, east int, north int, cells bigint) LANGUAGE sql STABLE AS $$
    SELECT s.place, s.code, b.west, b.south, b.east, b.north, b.cells
    FROM  (SELECT p.place, p.code, r.shape FROM import_plan p JOIN import_row r ON r.import_id = p.import_id AND r.place = p.place WHERE p.import_id = import AND p.moves
           UNION ALL
           SELECT p.place, p.code, v.shape FROM import_plan p JOIN feature_version v ON v.collection = layer AND v.fid = p.fid AND upper_inf(v.known)
           WHERE  p.import_id = import AND cardinality(p.what) > 0) s
    CROSS  JOIN LATERAL edit_box(s.shape) b
$$;
-- +goose StatementEnd

-- Counts what a file brought: until then the planner takes the tables for what they were.
-- +goose StatementBegin
CREATE FUNCTION import_analyze() RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    ANALYZE public.import_row, public.import_plan, public.import_base;
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION import_analyze() FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON import, import_row, import_plan, import_base TO zhengbei_service;
GRANT EXECUTE ON FUNCTION import_analyze() TO zhengbei_service;
