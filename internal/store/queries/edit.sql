-- name: edit.cells
-- Takes the cells under what an edit touches: its things and those that it may node, whole, since the end of the transaction looks there;
-- what is drawn (degrees), and the edges that bend (metres). Answers them.
WITH drawn AS (
    SELECT ST_Transform(ST_GeomFromWKB(d, 4490), 4547) AS shape FROM unnest(@drawn::bytea[]) d
    UNION ALL SELECT ST_GeomFromWKB(l, 4547) FROM unnest(@along::bytea[]) l),
near AS (
    SELECT f.fid FROM feature f WHERE f.collection = @collection AND f.code = ANY(@codes)
    UNION SELECT v.fid FROM drawn d JOIN feature_version v ON ST_DWithin(v.shape, d.shape, 0.002) WHERE v.collection = @collection AND upper_inf(v.known))
SELECT edit_lock_cells(edit_cells(@collection, array(
           SELECT v.shape FROM near JOIN feature_version v ON v.collection = @collection AND v.fid = near.fid AND upper_inf(v.known)
           UNION ALL SELECT d.shape FROM drawn d)));

-- name: edit.parents
-- Takes what the things of an edit lie in: parcels by name and by what stands; for an edit of parcels these themselves.
SELECT edit_lock_parents(@collection, array(
           SELECT f.fid FROM feature f WHERE f.collection = 'parcels' AND f.code = ANY(@parcels::text[]) AND @collection <> 'zones'
           UNION SELECT f.fid FROM feature f WHERE f.collection = @collection AND @collection = 'parcels' AND f.code = ANY(@codes)
           UNION SELECT v.parcel FROM feature f JOIN plot_version v ON v.fid = f.fid WHERE @collection = 'plots' AND f.code = ANY(@codes) AND upper_inf(v.known)));

-- name: edit.drawn
-- What is drawn as it will be kept: on the grid, with what is wrong with it there, and how many cells it takes; its hash tells a correction that was recorded for it.
SELECT ST_NumGeometries(g.shape) = ST_NumGeometries(d.asked) AND ST_NRings(g.shape) = ST_NRings(d.asked) AS whole, ST_AsBinary(g.shape, 'NDR') AS shape, encode(sha256(ST_AsBinary(g.shape, 'NDR')), 'hex') AS hash,
       NOT ST_IsEmpty(g.shape) AND ST_Area(g.shape) > 0 AS sound, b.cells, v.valid, v.reason, ST_X(l.place) AS lon, ST_Y(l.place) AS lat
FROM  (SELECT ST_GeomFromWKB(@drawn, 4490) AS asked) d
CROSS  JOIN LATERAL (SELECT on_grid(d.asked) AS shape) g
CROSS  JOIN LATERAL ST_IsValidDetail(g.shape) v
CROSS  JOIN LATERAL edit_box(g.shape) b
CROSS  JOIN LATERAL (SELECT ST_Transform(ST_SetSRID(v.location, 4547), 4490) AS place) l;

-- name: edit.near
-- What lies within 1 mm of a shape or of edges on any day from a day on, as known now.
SELECT DISTINCT v.fid
FROM  (SELECT ST_GeomFromWKB(s, 4547) AS shape FROM unnest(@shapes::bytea[]) s) d
JOIN   feature_version v ON ST_DWithin(v.shape, d.shape, 0.001)
WHERE  v.collection = @collection AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
ORDER  BY v.fid;

-- name: edit.lock
-- The rows of things as known now, locked in the order of their numbers; of neighbours those from a day on.
SELECT v.fid, f.code, v.version, v.area_m2::text, lower(v.valid) AS since, upper(v.valid) AS until, ST_AsBinary(v.shape, 'NDR') AS shape
FROM   feature_version v
JOIN   feature f ON f.collection = v.collection AND f.fid = v.fid
WHERE  v.collection = @collection AND upper_inf(v.known) AND (f.code = ANY(@codes) OR v.fid = ANY(@fids::int[]) AND v.valid && daterange(@from::date, NULL))
ORDER  BY v.fid, lower(v.valid)
FOR    UPDATE OF v;

-- name: edit.within
-- Whether all cells under what is locked and under edges are among those taken, and all that lies along the edges among what is locked.
SELECT edit_cells(@collection, array(SELECT v.shape FROM feature_version v WHERE v.collection = @collection AND v.fid = ANY(@fids::int[]) AND upper_inf(v.known)
                                     UNION ALL SELECT ST_GeomFromWKB(l, 4547) FROM unnest(@along::bytea[]) l)) <@ @cells::bigint[]
       AND NOT EXISTS (SELECT FROM (SELECT ST_GeomFromWKB(l, 4547) AS line FROM unnest(@along::bytea[]) l) d
                       JOIN   feature_version v ON ST_DWithin(v.shape, d.line, 0.001)
                       WHERE  v.collection = @collection AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL) AND v.fid <> ALL(@fids::int[]));

-- name: edit.subjects
-- The things whose states an edit moves: those of the ledger that it touches; of a zone the plots that it meets, as it stands and as it is drawn.
SELECT array(SELECT unnest(@fids::int[]) WHERE @collection <> 'zones'
             UNION SELECT p.fid FROM plot_version p
             JOIN  (SELECT v.shape FROM zone_version v WHERE v.fid = ANY(@fids::int[]) AND upper_inf(v.known)
                    UNION ALL SELECT ST_GeomFromWKB(s, 4547) FROM unnest(@shapes::bytea[]) s) z ON p.shape && z.shape
             WHERE @collection = 'zones' AND upper_inf(p.known)
             ORDER BY 1);

-- name: edit.editions
-- The versions of a thing, the newest first, whoever wrote them; their numbers are never used again.
SELECT DISTINCT ON (v.version) v.version, v.change, v.recorded_by AS by, v.recorded_at AS at
FROM   feature_version v
JOIN   feature f ON f.collection = v.collection AND f.fid = v.fid
WHERE  v.collection = @collection AND f.code = @code
ORDER  BY v.version DESC, v.recorded_at DESC;

-- name: edit.last
-- The highest version number of each thing.
SELECT v.fid, max(v.version) AS version FROM feature_version v WHERE v.collection = @collection AND v.fid = ANY(@fids::int[]) GROUP BY v.fid;

-- name: edit.feature
-- A new thing; its code is the one asked for, or the next of its kind. Nothing where the code is taken.
INSERT INTO feature (collection, code, round_id)
SELECT @collection, coalesce(@code::text, CASE @collection WHEN 'zones' THEN next_code('Z', 2) WHEN 'parcels' THEN next_code('P', 2) ELSE next_code('L', 6) END),
       (SELECT max(r.round_id) FROM round r)
ON     CONFLICT (code) DO NOTHING
RETURNING fid, code;

-- name: edit.close
-- Ends rows as known now, and keeps what held before a day under the same number.
SELECT edit_close(@collection, @fids::int[], @versions::int[], @since::date[], @from::date, @now::timestamptz);

-- name: edit.retire
-- Ends a thing from a day on: what held before is kept as a version that says so. A thing that has held on no earlier day leaves it for an instant only.
WITH gone AS (
    UPDATE feature_version v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.collection = @collection AND v.fid = @fid AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    RETURNING v.*)
INSERT INTO feature_version (collection, fid, version, change, kind, name, name_en, name_status, subdistrict, subdistrict_en, locality, locality_en,
                             parcel, disposition, use_class, accuracy, source, source_en, area_official_m2, published, shape,
                             valid, known, recorded_at, recorded_by, reason, document_no)
SELECT collection, fid, @number::int, 'retired', kind, name, name_en, name_status, subdistrict, subdistrict_en, locality, locality_en,
       parcel, disposition, use_class, accuracy, source, source_en, area_official_m2, published, shape,
       CASE WHEN b.before THEN daterange(lower(valid), @from::date) ELSE valid END,
       CASE WHEN b.before THEN tstzrange(@now::timestamptz, NULL) ELSE tstzrange(@now::timestamptz, @now::timestamptz + interval '1 microsecond') END,
       @now::timestamptz, @by, @reason, @document_no
FROM   gone
CROSS  JOIN LATERAL (SELECT coalesce(lower(gone.valid) < @from::date, true) AS before) b
ORDER  BY lower(valid) NULLS FIRST
LIMIT  1
RETURNING area_m2::text;

-- name: edit.node
-- Rows that were just ended begin again from a day on with vertices of what was drawn beside them.
INSERT INTO feature_version (collection, fid, version, change, kind, name, name_en, name_status, subdistrict, subdistrict_en, locality, locality_en,
                             parcel, disposition, use_class, accuracy, source, source_en, area_official_m2, published, shape,
                             valid, known, recorded_at, recorded_by, reason, document_no)
SELECT v.collection, v.fid, r.number, 'noded', v.kind, v.name, v.name_en, v.name_status, v.subdistrict, v.subdistrict_en, v.locality, v.locality_en,
       v.parcel, v.disposition, v.use_class, v.accuracy, v.source, v.source_en, v.area_official_m2, v.published,
       CASE GeometryType(v.shape) WHEN 'POLYGON' THEN ST_GeometryN(ST_GeomFromWKB(r.shape, 4547), 1) ELSE ST_GeomFromWKB(r.shape, 4547) END,
       daterange(greatest(lower(v.valid), @from::date), upper(v.valid)), tstzrange(@now::timestamptz, NULL), @now::timestamptz, @by, @reason, @document_no
FROM   unnest(@fids::int[], @versions::int[], @since::date[], @numbers::int[], @shapes::bytea[]) r(fid, version, since, number, shape)
JOIN   feature_version v ON v.collection = @collection AND v.fid = r.fid AND v.version = r.version AND lower(v.valid) IS NOT DISTINCT FROM r.since AND upper(v.known) = @now::timestamptz
ORDER  BY v.fid, r.number
RETURNING fid, version, area_m2::text;

-- name: edit.version
-- A version of a thing, from a day on; its shape is on the grid already.
INSERT INTO feature_version (collection, fid, version, change, kind, name, name_en, name_status, subdistrict, subdistrict_en,
                             locality, locality_en, parcel, disposition, use_class, accuracy, source, source_en,
                             area_official_m2, published, shape, valid, known, recorded_at, recorded_by, reason, document_no)
SELECT @collection, @fid, @version, @change, @kind, @name, @name_en, @name_status, @subdistrict, @subdistrict_en,
       @locality, @locality_en, (SELECT p.fid FROM feature p WHERE p.collection = 'parcels' AND p.code = @parcel), @disposition, @use_class,
       @accuracy, @source, @source_en, @area_official_m2::text::numeric, coalesce(@published::jsonb, '{}'), ST_GeomFromWKB(@shape, 4547),
       daterange(@from::date, @until::date), tstzrange(@now::timestamptz, NULL), @now, @by, @reason, @document_no
RETURNING area_m2::text;

-- name: edit.overlaps
-- What things of a layer overlap by more than 0.01 m2, as it would be committed.
SELECT n.code, f.code AS with, o.area_m2::text, ST_AsGeoJSON(g.shape, 10, 0)::text AS geometry, ST_X(g.place) AS lon, ST_Y(g.place) AS lat
FROM   edit_overlaps(@collection, @fids::int[]) o
JOIN   feature f ON f.fid = o.fid
JOIN   feature n ON n.fid = o.other
CROSS  JOIN LATERAL (SELECT ST_Transform(o.shape, 4490) AS shape, ST_Transform(ST_PointOnSurface(o.shape), 4490) AS place) g
ORDER  BY o.area_m2 DESC, n.code
LIMIT  100;

-- name: edit.outside
-- Plots that lie outside their parcel by more than rounding to the grid can move them, or on days on which it is not there, as it would be committed: plots by their numbers, or those of parcels.
SELECT f.code, q.code AS parcel, x.area_m2::text, ST_AsGeoJSON(g.shape, 10, 0)::text AS geometry, ST_X(g.place) AS lon, ST_Y(g.place) AS lat
FROM   plot_version v
JOIN   feature f ON f.fid = v.fid
JOIN   feature q ON q.fid = v.parcel
CROSS  JOIN LATERAL (
       SELECT NULL::numeric AS area_m2, v.shape AS shape
       WHERE  NOT coalesce((SELECT range_agg(p.valid) FROM parcel_version p WHERE p.fid = v.parcel AND upper_inf(p.known)) @> v.valid, false)
       UNION ALL
       SELECT round(ST_Area(d.shape)::numeric, 4), d.shape
       FROM   parcel_version p
       CROSS  JOIN LATERAL (SELECT ST_CollectionExtract(ST_Difference(v.shape, p.shape), 3) AS shape WHERE NOT ST_CoveredBy(v.shape, p.shape) OFFSET 0) d
       WHERE  p.fid = v.parcel AND upper_inf(p.known) AND (p.valid && v.valid) IS TRUE AND ST_Area(d.shape) > greatest(0.01, 0.0001 * ST_Perimeter(v.shape))) x
CROSS  JOIN LATERAL (SELECT ST_Transform(x.shape, 4490) AS shape, ST_Transform(ST_PointOnSurface(x.shape), 4490) AS place) g
WHERE  upper_inf(v.known) AND CASE @collection WHEN 'plots' THEN v.fid = ANY(@fids::int[]) ELSE v.parcel = ANY(@fids::int[]) END
ORDER  BY x.area_m2 DESC NULLS FIRST, f.code;

-- name: edit.uses
-- What still rests on a plot or lies in a parcel from a day on, as known now.
SELECT DISTINCT u.kind, u.code
FROM  (SELECT 'holding' AS kind, s.code FROM holding_land l JOIN subject s ON s.subject_id = l.holding WHERE l.plot = @fid AND upper_inf(l.known) AND l.valid && daterange(@from::date, NULL)
       UNION ALL SELECT 'building', s.code FROM building_version b JOIN subject s ON s.subject_id = b.building WHERE b.plot = @fid AND upper_inf(b.known) AND b.valid && daterange(@from::date, NULL)
       UNION ALL SELECT 'plot', f.code FROM plot_version p JOIN feature f ON f.fid = p.fid WHERE p.parcel = @fid AND upper_inf(p.known) AND p.valid && daterange(@from::date, NULL)
       UNION ALL SELECT 'command_post', c.code FROM command_post_parcel r JOIN command_post c USING (post_id) WHERE r.parcel = @fid AND upper_inf(r.known) AND r.valid && daterange(@from::date, NULL)
       UNION ALL SELECT 'holding', s.code FROM holding_version h JOIN subject s ON s.subject_id = h.holding WHERE h.parcel = @fid AND upper_inf(h.known) AND h.valid && daterange(@from::date, NULL)) u
ORDER  BY u.kind DESC, u.code
LIMIT  100;

-- name: edit.moved
-- How far boundaries move in this transaction: by themselves, and of those that are noded since they were last drawn as well; with what was recorded for accepted ones.
SELECT f.code, n.change = 'noded' AS noded, m.moved_m2::text, m.since_m2::text,
       plot_accepted(n.fid) AS accepted, plot_corrections(n.fid) AS hashes, plot_corrections_of_others(n.fid, @by::text) AS others
FROM  (SELECT DISTINCT ON (n.fid) n.* FROM feature_version n
       WHERE  n.collection = @collection AND n.fid = ANY(@fids::int[]) AND lower(n.known) = @now::timestamptz
       AND    NOT EXISTS (SELECT FROM feature_version o WHERE o.collection = n.collection AND o.fid = n.fid AND o.version = n.version AND upper(o.known) = @now::timestamptz) -- what only keeps its days from before
       ORDER  BY n.fid, lower(n.valid) DESC) n
JOIN   feature f ON f.fid = n.fid
CROSS  JOIN LATERAL (
       SELECT round(max(ST_Area(ST_SymDifference(o.shape, n.shape)))::numeric, 4) AS moved_m2 FROM feature_version o
       WHERE  o.collection = n.collection AND o.fid = n.fid AND upper(o.known) = @now::timestamptz AND o.valid && n.valid) w
CROSS  JOIN LATERAL (
       SELECT w.moved_m2, round(coalesce((SELECT ST_Area(ST_SymDifference(b.shape, n.shape)) FROM feature_version b
              WHERE b.collection = n.collection AND b.fid = n.fid AND b.change <> 'noded' AND b.version < n.version ORDER BY b.version DESC, lower(b.known) DESC LIMIT 1), 0)::numeric, 4) AS since_m2) m
WHERE  m.moved_m2 > 0
ORDER  BY f.code;

-- name: edit.held
-- Plots on which holdings have more land than there is, on the last day that is known of: how much, and how much there is.
SELECT f.code, h.held::text, v.area_m2::text AS area
FROM   plot_version v
JOIN   feature f ON f.fid = v.fid
CROSS  JOIN LATERAL (SELECT sum(l.area_m2) AS held FROM holding_land l WHERE l.plot = v.fid AND upper_inf(l.known) AND l.valid && v.valid AND (upper_inf(l.valid) OR NOT upper_inf(v.valid))) h
WHERE  v.fid = ANY(@fids::int[]) AND upper_inf(v.known) AND upper_inf(v.valid) AND h.held > v.area_m2 + 0.01
ORDER  BY f.code;

-- name: edit.removed
-- Plots that this transaction takes out of their parcel, or disposes of in another way, from under what rests on that: an acceptance, or of a parcel holdings and buildings.
SELECT f.code, r.elsewhere, r.otherwise, r.kind, r.rest
FROM  (SELECT n.fid, bool_or(n.parcel <> o.parcel) AS elsewhere, bool_or(n.disposition <> o.disposition) AS otherwise, min(lower(n.valid)) AS since
       FROM   plot_version n
       JOIN   plot_version o ON o.fid = n.fid AND upper(o.known) = @now::timestamptz AND o.valid && n.valid
       WHERE  lower(n.known) = @now::timestamptz AND (n.parcel <> o.parcel OR n.disposition <> o.disposition)
       GROUP  BY n.fid) m
JOIN   feature f ON f.fid = m.fid
CROSS  JOIN LATERAL (
       SELECT m.elsewhere, m.otherwise, 'acceptance' AS kind, NULL AS rest WHERE plot_accepted(m.fid)
       UNION ALL SELECT DISTINCT true, false, 'holding', s.code FROM holding_land l JOIN subject s ON s.subject_id = l.holding
                 WHERE m.elsewhere AND l.plot = m.fid AND upper_inf(l.known) AND l.valid && daterange(m.since, NULL)
       UNION ALL SELECT DISTINCT true, false, 'building', s.code FROM building_version b JOIN subject s ON s.subject_id = b.building
                 WHERE m.elsewhere AND b.plot = m.fid AND upper_inf(b.known) AND b.valid && daterange(m.since, NULL)) r
ORDER  BY f.code, r.kind, r.rest;
