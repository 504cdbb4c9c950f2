-- name: import.forget
-- Forgets files that were looked at more than a day ago.
WITH old   AS (DELETE FROM import WHERE begun_at < clock_timestamp() - interval '1 day' RETURNING import_id),
     bases AS (DELETE FROM import_base b USING old WHERE b.import_id = old.import_id),
     plans AS (DELETE FROM import_plan p USING old WHERE p.import_id = old.import_id)
DELETE FROM import_row r USING old WHERE r.import_id = old.import_id;

-- name: import.begin
-- A file that is about to be read.
INSERT INTO import (account, collection) VALUES (@by, @collection) RETURNING import_id;

-- name: import.copy
-- The features of a file, as they are read.
COPY import_row (import_id, place, code, base, given, decimals, kind, name, name_en, name_status, subdistrict, subdistrict_en, locality, locality_en,
                 parcel, disposition, use_class, accuracy, source, source_en, area_official_m2, published, degrees) FROM STDIN (FORMAT binary);

-- name: import.analyze
-- Counts what was read.
SELECT import_analyze();

-- name: import.plan
-- What each feature does: it is new, changes what stands, or says what is already so. A difference below the decimals of the file is no change,
-- nor is a boundary that only neighbours have moved since the version that the file is based on. The bits of given are those of land.Given.
INSERT INTO import_plan (import_id, place, code, fid, version, parcel, moves, what)
SELECT r.import_id, r.place, r.code, v.fid, v.version,
       CASE WHEN @collection = 'plots' THEN CASE WHEN v.fid IS NULL OR r.given & 128 > 0 THEN q.fid ELSE v.parcel END END, m.moves,
       CASE WHEN v.fid IS NULL THEN '{new}' ELSE array_remove(array[
           CASE WHEN m.moves THEN 'geometry' END,
           CASE WHEN r.given & 1 > 0     AND r.name           IS DISTINCT FROM v.name           THEN 'name' END,
           CASE WHEN r.given & 2 > 0     AND r.name_en        IS DISTINCT FROM v.name_en        THEN 'name_en' END,
           CASE WHEN r.given & 4 > 0     AND r.name_status    IS DISTINCT FROM v.name_status    THEN 'name_status' END,
           CASE WHEN r.given & 8 > 0     AND r.subdistrict    IS DISTINCT FROM v.subdistrict    THEN 'subdistrict' END,
           CASE WHEN r.given & 16 > 0    AND r.subdistrict_en IS DISTINCT FROM v.subdistrict_en THEN 'subdistrict_en' END,
           CASE WHEN r.given & 32 > 0    AND r.locality       IS DISTINCT FROM v.locality       THEN 'locality' END,
           CASE WHEN r.given & 64 > 0    AND r.locality_en    IS DISTINCT FROM v.locality_en    THEN 'locality_en' END,
           CASE WHEN r.given & 128 > 0   AND q.fid            IS DISTINCT FROM v.parcel         THEN 'parcel' END,
           CASE WHEN r.given & 256 > 0   AND r.disposition    IS DISTINCT FROM v.disposition    THEN 'disposition' END,
           CASE WHEN r.given & 512 > 0   AND r.use_class      IS DISTINCT FROM v.use_class      THEN 'use_class' END,
           CASE WHEN r.given & 1024 > 0  AND r.accuracy       IS DISTINCT FROM v.accuracy       THEN 'accuracy' END,
           CASE WHEN r.given & 2048 > 0  AND r.source         IS DISTINCT FROM v.source         THEN 'source' END,
           CASE WHEN r.given & 4096 > 0  AND r.source_en      IS DISTINCT FROM v.source_en      THEN 'source_en' END,
           CASE WHEN r.given & 8192 > 0  AND r.area_official_m2::numeric(14,4) IS DISTINCT FROM v.area_official_m2 THEN 'area_official_m2' END,
           CASE WHEN r.given & 16384 > 0 AND r.published      IS DISTINCT FROM v.published      THEN 'published' END], NULL) END
FROM   import_row r
LEFT   JOIN feature f ON f.collection = @collection AND f.code = r.code
LEFT   JOIN standing(@collection) v ON v.fid = f.fid
LEFT   JOIN feature q ON q.collection = 'parcels' AND q.code = r.parcel
LEFT   JOIN LATERAL (
           SELECT b.shape FROM feature_version b WHERE b.collection = @collection AND b.fid = v.fid AND b.version = r.base
           ORDER  BY lower(b.known) DESC, lower(b.valid) DESC NULLS LAST LIMIT 1) b ON r.base < v.version
CROSS  JOIN LATERAL (
           SELECT CASE WHEN v.fid IS NULL THEN true WHEN same_ground(r.shape, v.shape) THEN false
                       WHEN r.decimals < 10 AND same_ground(r.shape, on_grid(ST_GeomFromGeoJSON(ST_AsGeoJSON(ST_Transform(v.shape, 4490), r.decimals, 0)))) THEN false
                       ELSE same_ground(r.shape, b.shape) IS NOT TRUE END AS moves OFFSET 0) m
WHERE  r.import_id = @id AND NOT ST_IsEmpty(r.shape);

-- name: import.bases
-- Keeps what the file is compared with.
INSERT INTO import_base (import_id, fid, version) SELECT @id, b.fid, b.version FROM import_bases(@id, @collection) b;

-- name: import.hash
-- A hash of what the file was compared with.
SELECT encode(sha256(convert_to(coalesce(string_agg(b.fid || ':' || b.version, ',' ORDER BY b.fid), ''), 'UTF8')), 'hex') FROM import_base b WHERE b.import_id = @id;

-- name: import.counts
-- How many features are new, change, and say what is already so.
SELECT count(*) FILTER (WHERE p.fid IS NULL) AS begins, count(*) FILTER (WHERE p.fid IS NOT NULL AND p.what <> '{}') AS changes, count(*) FILTER (WHERE p.what = '{}') AS unchanged
FROM   import_plan p WHERE p.import_id = @id;

-- name: import.rows
-- The first features that are new, or that change.
SELECT p.place, p.code, p.version, p.what, area_ellipsoidal_m2(CASE WHEN ST_IsValid(r.shape) THEN CASE WHEN p.moves THEN r.shape ELSE v.shape END END)::text AS area_m2, v.area_m2::text AS before_m2
FROM  (SELECT * FROM import_plan p WHERE p.import_id = @id AND (p.fid IS NULL) = @new AND p.what <> '{}' ORDER BY p.place LIMIT @limit) p
JOIN   import_row r ON r.import_id = @id AND r.place = p.place
LEFT   JOIN standing(@collection) v ON v.fid = p.fid
ORDER  BY p.place;

-- name: import.unsound
-- Shapes that are not valid on the grid, and where; or of which nothing is left there.
SELECT r.place, r.code, CASE WHEN NOT ST_IsEmpty(r.shape) THEN d.reason END AS other, NULL::text AS value, ST_X(l.at) AS lon, ST_Y(l.at) AS lat, count(*) OVER () AS total
FROM   import_row r
LEFT   JOIN LATERAL ST_IsValidDetail(r.shape) d ON NOT ST_IsEmpty(r.shape)
LEFT   JOIN LATERAL (SELECT ST_Transform(ST_SetSRID(coalesce(d.location, ST_PointN(ST_ExteriorRing(ST_GeometryN(r.degrees, 1)), 1)), CASE WHEN d.location IS NULL THEN 4490 ELSE 4547 END), 4490) AS at) l ON true
WHERE  r.import_id = @id AND (ST_IsValid(r.shape) AND NOT ST_IsEmpty(r.shape)) IS NOT TRUE
ORDER  BY r.place LIMIT @limit;

-- name: import.lost
-- Shapes that lose a part or a hole on the grid, and where.
SELECT r.place, r.code, NULL::text AS other, NULL::text AS value, ST_X(l.at) AS lon, ST_Y(l.at) AS lat, count(*) OVER () AS total
FROM   import_row r
LEFT   JOIN LATERAL (SELECT ST_PointN(ST_ExteriorRing(g.geom), 1) AS at
                     FROM   ST_Dump(r.degrees) d CROSS JOIN LATERAL ST_DumpRings(d.geom) g
                     WHERE  coalesce(ST_IsEmpty(on_grid(g.geom)), true) LIMIT 1) l ON true
WHERE  r.import_id = @id AND NOT ST_IsEmpty(r.shape) AND (ST_NumGeometries(r.degrees) <> ST_NumGeometries(r.shape) OR ST_NRings(r.degrees) <> ST_NRings(r.shape))
ORDER  BY r.place LIMIT @limit;

-- name: import.changing
-- Which of so many properties of features are new or change.
SELECT q.n FROM unnest(@places::int[], @names::text[]) WITH ORDINALITY q(place, name, n)
JOIN   import_plan p ON p.import_id = @id AND p.place = q.place
WHERE  p.fid IS NULL OR q.name = ANY(p.what)
ORDER  BY q.n;

-- name: import.wide
-- Features that take more cells than one may.
SELECT w.place, w.code, w.cells::text AS other, NULL::text AS value, NULL::float8 AS lon, NULL::float8 AS lat, count(*) OVER () AS total
FROM  (SELECT b.place, min(b.code) AS code, max(b.cells) AS cells FROM import_boxes(@id, @collection) b GROUP BY b.place) w
WHERE  w.cells > @most ORDER BY w.place LIMIT @limit;

-- name: import.spread
-- How many cells an import takes. Where its boxes alone are beyond all measure they are not laid over each other: that would take as long as locking them.
SELECT CASE WHEN s.cells > 1000000 THEN s.cells ELSE (
           SELECT count(*) FROM (SELECT DISTINCT c, r FROM import_boxes(@id, @collection) b, generate_series(b.west, b.east) c, generate_series(b.south, b.north) r) x) END
FROM  (SELECT coalesce(sum(b.cells), 0)::bigint AS cells FROM import_boxes(@id, @collection) b) s;

-- name: import.duplicates
-- Codes that stand more than once, and where.
SELECT min(r.place) AS place, r.code, array_to_string((array_agg(r.place::text ORDER BY r.place))[1:20], ', ') AS other, count(*)::text AS value,
       NULL::float8 AS lon, NULL::float8 AS lat, count(*) OVER () AS total
FROM   import_row r WHERE r.import_id = @id AND r.code IS NOT NULL
GROUP  BY r.code HAVING count(*) > 1 ORDER BY min(r.place) LIMIT @limit;

-- name: import.codes
-- Codes of new features that have not the form of the layer (other is null), or that were given to something else before.
SELECT p.place, p.code, t.code AS other, NULL::text AS value, NULL::float8 AS lon, NULL::float8 AS lat, count(*) OVER () AS total
FROM   import_plan p
CROSS  JOIN LATERAL (SELECT p.code ~ CASE @collection WHEN 'zones' THEN '^Z-[0-9]{2,}$' WHEN 'parcels' THEN '^P-[0-9]{2,}$' ELSE '^L-[0-9]{6,}$' END AS fits) c
LEFT   JOIN LATERAL (SELECT f.code FROM feature f WHERE f.code = p.code) t ON true
WHERE  p.import_id = @id AND p.fid IS NULL AND p.code IS NOT NULL AND (NOT c.fits OR t.code IS NOT NULL)
ORDER  BY p.place LIMIT @limit;

-- name: import.stale
-- Features that change something that somebody has changed since the version that the file is based on; what only took a neighbour's vertices does not count.
SELECT p.place, p.code, p.version::text AS other, r.base::text AS value, NULL::float8 AS lon, NULL::float8 AS lat, count(*) OVER () AS total
FROM   import_plan p
JOIN   import_row r ON r.import_id = p.import_id AND r.place = p.place
WHERE  p.import_id = @id AND p.what <> '{}' AND r.base <> p.version
AND   (r.base > p.version OR EXISTS (SELECT FROM feature_version b WHERE b.collection = @collection AND b.fid = p.fid AND b.version > r.base AND b.change <> 'noded'))
ORDER  BY p.place LIMIT @limit;

-- name: import.attributes
-- Properties that do not fit the layer: other is the property, value what it says, null where it is missing.
SELECT p.place, p.code, c.name AS other, c.value, NULL::float8 AS lon, NULL::float8 AS lat, count(*) OVER () AS total
FROM   import_plan p
JOIN   import_row r ON r.import_id = p.import_id AND r.place = p.place
LEFT   JOIN standing(@collection) v ON v.fid = p.fid
CROSS  JOIN LATERAL (VALUES
           ('kind',        r.kind,        r.kind <> rtrim(@collection, 's')),
           ('accuracy',    r.accuracy,    r.accuracy NOT IN ('approximate', 'schematic', 'surveyed')),
           ('name_status', r.name_status, r.name_status NOT IN ('confirmed', 'probable', 'placeholder')),
           ('name',        r.name,        @collection <> 'plots' AND CASE WHEN v.fid IS NULL OR r.given & 1 > 0 THEN r.name ELSE v.name END IS NULL),
           ('name_status', r.name_status, @collection = 'parcels' AND CASE WHEN v.fid IS NULL OR r.given & 4 > 0 THEN r.name_status ELSE v.name_status END IS NULL),
           ('disposition', r.disposition, CASE WHEN @collection = 'plots' THEN coalesce(CASE WHEN v.fid IS NULL OR r.given & 256 > 0 THEN r.disposition ELSE v.disposition END NOT IN ('storage', 'retained', 'kept'), true)
                                               ELSE r.disposition IS NOT NULL END),
           ('use_class',   r.use_class,   CASE WHEN @collection = 'plots' THEN coalesce(CASE WHEN v.fid IS NULL OR r.given & 512 > 0 THEN r.use_class ELSE v.use_class END NOT IN ('industrial', 'residential_potential', 'livelihood', 'other'), true)
                                               ELSE r.use_class IS NOT NULL END),
           ('parcel',      r.parcel,      CASE WHEN @collection = 'plots' THEN NOT EXISTS (SELECT FROM standing('parcels') s WHERE s.fid = p.parcel) ELSE r.parcel IS NOT NULL END)) c(name, value, bad)
WHERE  p.import_id = @id AND p.what <> '{}' AND c.bad
ORDER  BY p.place, c.name LIMIT @limit;

-- name: import.overlaps
-- Where features that are new or move overlap others of the file, or what stands and is not replaced by it, by more than 0.01 m2.
WITH moved AS (
    SELECT p.place, r.code, r.shape FROM import_plan p JOIN import_row r ON r.import_id = p.import_id AND r.place = p.place
    WHERE  p.import_id = @id AND p.moves AND p.place <> ALL(@unsound::int[])),
pairs AS (
    SELECT m.place, m.code, coalesce(n.code, '#' || n.place) AS other, m.shape AS one, n.shape AS two
    FROM   moved m
    CROSS  JOIN LATERAL (
           SELECT n.place, n.code, n.shape FROM import_row n
           WHERE  n.shape && m.shape AND n.import_id = @id AND n.place <> m.place AND n.place <> ALL(@unsound::int[])
           AND   (n.place > m.place OR NOT (SELECT p.moves FROM import_plan p WHERE p.import_id = @id AND p.place = n.place)) OFFSET 0) n
    UNION  ALL
    SELECT m.place, m.code, f.code, m.shape, v.shape
    FROM   moved m
    JOIN   standing(@collection) v ON v.shape && m.shape
    JOIN   feature f ON f.fid = v.fid
    WHERE  NOT EXISTS (SELECT FROM import_plan p WHERE p.import_id = @id AND p.fid = v.fid))
SELECT p.place, p.code, p.other, round(ST_Area(x.shape)::numeric, 4)::text AS value, ST_X(g.at) AS lon, ST_Y(g.at) AS lat, count(*) OVER () AS total
FROM   pairs p
CROSS  JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(p.one, p.two), 3) AS shape
                     WHERE  least(ST_XMax(p.one), ST_XMax(p.two)) - greatest(ST_XMin(p.one), ST_XMin(p.two)) > 0 -- boxes that only touch cost nothing more
                     AND    least(ST_YMax(p.one), ST_YMax(p.two)) - greatest(ST_YMin(p.one), ST_YMin(p.two)) > 0 OFFSET 0) x
CROSS  JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(x.shape), 4490) AS at) g
WHERE  ST_Area(x.shape) > 0.01
ORDER  BY p.place, p.other LIMIT @limit;

-- name: import.outside
-- Plots that are new, move or change their parcel, and lie outside it by more than rounding to the grid can move them.
SELECT p.place, p.code, q.code AS other, round(ST_Area(x.shape)::numeric, 4)::text AS value, ST_X(g.at) AS lon, ST_Y(g.at) AS lat, count(*) OVER () AS total
FROM   import_plan p
JOIN   import_row r ON r.import_id = p.import_id AND r.place = p.place
JOIN   standing('parcels') s ON s.fid = p.parcel
JOIN   feature q ON q.fid = p.parcel
CROSS  JOIN LATERAL (SELECT ST_CollectionExtract(ST_Difference(r.shape, s.shape), 3) AS shape WHERE NOT ST_Covers(s.shape, r.shape) OFFSET 0) x
CROSS  JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(x.shape), 4490) AS at) g
WHERE  p.import_id = @id AND @collection = 'plots' AND p.place <> ALL(@unsound::int[]) AND (p.moves OR 'parcel' = ANY(p.what))
AND    ST_Area(x.shape) > greatest(0.01, 0.0001 * ST_Perimeter(r.shape))
ORDER  BY p.place LIMIT @limit;

-- name: import.leaves
-- Plots that the new outlines of their parcels would leave outside.
SELECT p.place, q.code, f.code AS other, round(ST_Area(x.shape)::numeric, 4)::text AS value, ST_X(g.at) AS lon, ST_Y(g.at) AS lat, count(*) OVER () AS total
FROM   import_plan p
JOIN   import_row r ON r.import_id = p.import_id AND r.place = p.place
JOIN   feature q ON q.fid = p.fid
JOIN   standing('plots') v ON v.parcel = p.fid
JOIN   feature f ON f.fid = v.fid
CROSS  JOIN LATERAL (SELECT ST_CollectionExtract(ST_Difference(v.shape, r.shape), 3) AS shape WHERE NOT ST_Covers(r.shape, v.shape) OFFSET 0) x
CROSS  JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(x.shape), 4490) AS at) g
WHERE  p.import_id = @id AND @collection = 'parcels' AND p.moves AND p.place <> ALL(@unsound::int[])
AND    ST_Area(x.shape) > greatest(0.01, 0.0001 * ST_Perimeter(v.shape))
ORDER  BY p.place, f.code LIMIT @limit;

-- name: import.accepted
-- Plots with a live acceptance whose boundary moves, and for which no correction is recorded that names the new one: other is how much, value the hash to name.
SELECT p.place, p.code, round(ST_Area(ST_SymDifference(v.shape, r.shape))::numeric, 4)::text AS other, h.hash AS value, NULL::float8 AS lon, NULL::float8 AS lat, count(*) OVER () AS total
FROM   import_plan p
JOIN   import_row r ON r.import_id = p.import_id AND r.place = p.place
JOIN   standing('plots') v ON v.fid = p.fid
CROSS  JOIN LATERAL (SELECT encode(sha256(ST_AsBinary(r.shape, 'NDR')), 'hex') AS hash) h
WHERE  p.import_id = @id AND @collection = 'plots' AND p.moves AND p.fid IS NOT NULL AND p.place <> ALL(@unsound::int[])
AND    plot_accepted(p.fid) AND h.hash <> ALL(plot_corrections(p.fid))
ORDER  BY p.place LIMIT @limit;

-- name: import.keep
-- Keeps what the look found, to be read again and applied.
UPDATE import SET look = @look WHERE import_id = @id;

-- name: import.read
-- A look and what was written since, if it was applied.
SELECT i.collection, i.look, i.applied FROM import i WHERE i.import_id = @id AND i.look IS NOT NULL;

-- name: import.take
-- A look that is about to be applied: who comes second waits for the first.
SELECT i.collection, i.look, i.applied FROM import i WHERE i.import_id = @id AND i.look IS NOT NULL FOR UPDATE;

-- name: import.drop
-- Forgets a file.
WITH bases AS (DELETE FROM import_base WHERE import_id = @id), plans AS (DELETE FROM import_plan WHERE import_id = @id), rows AS (DELETE FROM import_row WHERE import_id = @id)
DELETE FROM import WHERE import_id = @id;

-- name: import.cells
-- Takes the cells under all that an import touches, as it stands and as it will be.
SELECT edit_lock_cells(edit_cells(@collection, array(
           SELECT r.shape FROM import_plan p JOIN import_row r ON r.import_id = p.import_id AND r.place = p.place WHERE p.import_id = @id AND p.moves
           UNION ALL
           SELECT v.shape FROM import_plan p JOIN feature_version v ON v.collection = @collection AND v.fid = p.fid AND upper_inf(v.known)
           WHERE  p.import_id = @id AND p.what <> '{}')));

-- name: import.parents
-- Takes what the features of an import lie in; of an import of parcels these themselves.
SELECT edit_lock_parents(@collection, array(
           SELECT p.parcel FROM import_plan p WHERE p.import_id = @id AND p.what <> '{}' AND @collection = 'plots' AND p.parcel IS NOT NULL
           UNION SELECT v.parcel FROM import_plan p JOIN plot_version v ON v.fid = p.fid AND upper_inf(v.known) WHERE p.import_id = @id AND p.what <> '{}' AND @collection = 'plots'
           UNION SELECT p.fid FROM import_plan p WHERE p.import_id = @id AND p.what <> '{}' AND @collection = 'parcels' AND p.fid IS NOT NULL));

-- name: import.subjects
-- The things whose states an import moves; of zones the plots that they meet, as they stand and as they will be.
SELECT array(SELECT p.fid FROM import_plan p WHERE p.import_id = @id AND p.what <> '{}' AND p.fid IS NOT NULL AND @collection <> 'zones'
             UNION SELECT v.fid FROM plot_version v
             JOIN  (SELECT r.shape FROM import_plan p JOIN import_row r ON r.import_id = p.import_id AND r.place = p.place WHERE p.import_id = @id AND p.what <> '{}'
                    UNION ALL SELECT z.shape FROM import_plan p JOIN zone_version z ON z.fid = p.fid AND upper_inf(z.known) WHERE p.import_id = @id AND p.what <> '{}') z ON v.shape && z.shape
             WHERE  @collection = 'zones' AND upper_inf(v.known)
             ORDER  BY 1);

-- name: import.moved
-- What has changed since the look of all that the file was compared with: the first of them, and how many.
SELECT f.code, count(*) OVER () AS total
FROM  (SELECT DISTINCT d.fid
       FROM  ((SELECT b.fid, b.version FROM import_base b WHERE b.import_id = @id EXCEPT SELECT n.fid, n.version FROM import_bases(@id, @collection) n)
              UNION ALL
              (SELECT n.fid, n.version FROM import_bases(@id, @collection) n EXCEPT SELECT b.fid, b.version FROM import_base b WHERE b.import_id = @id)) d) d
JOIN   feature f ON f.fid = d.fid
ORDER  BY f.code LIMIT @limit;

-- name: import.number
-- Numbers the new features that have no code, in the order of the file.
UPDATE import_plan p SET code = n.code
FROM  (SELECT o.place, next_code(CASE @collection WHEN 'zones' THEN 'Z' WHEN 'parcels' THEN 'P' ELSE 'L' END, CASE @collection WHEN 'plots' THEN 6 ELSE 2 END) AS code
       FROM  (SELECT p.place FROM import_plan p WHERE p.import_id = @id AND p.fid IS NULL AND p.code IS NULL ORDER BY p.place OFFSET 0) o) n
WHERE  p.import_id = @id AND p.place = n.place;

-- name: import.features
-- The new features themselves; answers the codes that somebody has taken since the look, the first of them and how many.
WITH born AS (
    INSERT INTO feature (collection, code, round_id)
    SELECT @collection, p.code, (SELECT max(r.round_id) FROM round r)
    FROM   import_plan p WHERE p.import_id = @id AND p.fid IS NULL ORDER BY p.place
    ON     CONFLICT (code) DO NOTHING
    RETURNING code)
SELECT p.code, count(*) OVER () AS total FROM import_plan p
WHERE  p.import_id = @id AND p.fid IS NULL AND NOT EXISTS (SELECT FROM born b WHERE b.code = p.code)
ORDER  BY p.code LIMIT @limit;

-- name: import.close
-- Ends what changes as known now, from a day on, and keeps what held before it under the same number.
SELECT edit_close(@collection, array_agg(v.fid), array_agg(v.version), array_agg(lower(v.valid)), @from::date, @now::timestamptz)
FROM   import_plan p
JOIN   feature_version v ON v.fid = p.fid
WHERE  p.import_id = @id AND p.what <> '{}' AND v.collection = @collection AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL);

-- name: import.versions
-- The new versions, from a day on. What the file does not name stays; where nothing stands, an outline that says nothing of itself is approximate.
INSERT INTO feature_version (collection, fid, version, change, kind, name, name_en, name_status, subdistrict, subdistrict_en, locality, locality_en,
                             parcel, disposition, use_class, accuracy, source, source_en, area_official_m2, published, shape,
                             valid, known, recorded_at, recorded_by, reason, document_no)
SELECT @collection, f.fid, coalesce((SELECT max(o.version) FROM feature_version o WHERE o.collection = @collection AND o.fid = p.fid), 0) + 1,
       CASE WHEN p.fid IS NULL THEN 'created' WHEN coalesce(lower(v.valid) < @from::date, true) THEN 'changed' ELSE 'corrected' END, rtrim(@collection, 's'),
       CASE WHEN p.fid IS NULL OR r.given & 1 > 0     THEN r.name           ELSE v.name           END,
       CASE WHEN p.fid IS NULL OR r.given & 2 > 0     THEN r.name_en        ELSE v.name_en        END,
       CASE WHEN p.fid IS NULL OR r.given & 4 > 0     THEN r.name_status    ELSE v.name_status    END,
       CASE WHEN p.fid IS NULL OR r.given & 8 > 0     THEN r.subdistrict    ELSE v.subdistrict    END,
       CASE WHEN p.fid IS NULL OR r.given & 16 > 0    THEN r.subdistrict_en ELSE v.subdistrict_en END,
       CASE WHEN p.fid IS NULL OR r.given & 32 > 0    THEN r.locality       ELSE v.locality       END,
       CASE WHEN p.fid IS NULL OR r.given & 64 > 0    THEN r.locality_en    ELSE v.locality_en    END,
       p.parcel,
       CASE WHEN p.fid IS NULL OR r.given & 256 > 0   THEN r.disposition    ELSE v.disposition    END,
       CASE WHEN p.fid IS NULL OR r.given & 512 > 0   THEN r.use_class      ELSE v.use_class      END,
       CASE WHEN r.given & 1024 > 0                   THEN r.accuracy       ELSE coalesce(v.accuracy, 'approximate') END,
       CASE WHEN r.given & 2048 > 0                   THEN r.source         ELSE coalesce(v.source, @file)           END,
       CASE WHEN r.given & 4096 > 0                   THEN r.source_en      ELSE coalesce(v.source_en, @file)        END,
       CASE WHEN p.fid IS NULL OR r.given & 8192 > 0  THEN r.area_official_m2::numeric(14,4) ELSE v.area_official_m2 END,
       CASE WHEN r.given & 16384 > 0                  THEN r.published      ELSE coalesce(v.published, '{}')         END,
       CASE WHEN p.moves THEN r.shape ELSE v.shape END,
       daterange(@from::date, NULL), tstzrange(@now::timestamptz, NULL), @now::timestamptz, @by, @reason, @document_no
FROM   import_plan p
JOIN   import_row r ON r.import_id = p.import_id AND r.place = p.place
JOIN   feature f ON f.code = p.code
LEFT   JOIN feature_version v ON v.collection = @collection AND v.fid = p.fid AND v.version = p.version AND upper(v.known) = @now::timestamptz AND upper_inf(v.valid)
WHERE  p.import_id = @id AND p.what <> '{}'
ORDER  BY p.place;

-- name: import.named
-- The codes of what the file brings or changes.
SELECT p.code FROM import_plan p WHERE p.import_id = @id AND p.what <> '{}' AND p.code IS NOT NULL ORDER BY p.place;

-- name: import.standing
-- The things that a file changes.
SELECT array(SELECT p.fid FROM import_plan p WHERE p.import_id = @id AND p.fid IS NOT NULL AND p.what <> '{}' ORDER BY 1);

-- name: import.written
-- What was written that can lie otherwise than before on some day, and where it stands in the file; given is false where the service gave the code.
SELECT f.fid, f.code, p.place, r.code IS NOT NULL AS given
FROM   import_plan p
JOIN   import_row r ON r.import_id = p.import_id AND r.place = p.place
JOIN   feature f ON f.code = p.code
WHERE  p.import_id = @id AND p.what <> '{}'
AND   (p.moves OR 'parcel' = ANY(p.what) OR EXISTS (
       SELECT FROM feature_version v WHERE v.collection = @collection AND v.fid = f.fid AND lower(v.known) = @now::timestamptz AND v.change = 'corrected'))
ORDER  BY p.place;

-- name: import.redrawn
-- The hashes of boundaries as they were written, by which corrections name them.
SELECT f.code, encode(sha256(ST_AsBinary(v.shape, 'NDR')), 'hex') AS hash
FROM   feature f
JOIN   feature_version v ON v.collection = f.collection AND v.fid = f.fid AND lower(v.known) = @now::timestamptz AND upper_inf(v.known) AND upper_inf(v.valid)
WHERE  f.code = ANY(@codes);

-- name: import.done
-- Keeps what was written.
UPDATE import SET applied = @applied WHERE import_id = @id;

-- name: import.clear
-- What was read is of no use any more.
WITH rows AS (DELETE FROM import_row WHERE import_id = @id), bases AS (DELETE FROM import_base WHERE import_id = @id)
DELETE FROM import_plan WHERE import_id = @id;
