-- name: feature.page
-- The things of a layer on some days, as known at an instant, that meet a box; a page by code, or the one of a code. Columns are named after land.Feature.
SELECT v.collection, v.fid, v.code, v.version, v.change, v.kind, v.name, v.name_en, v.name_status,
       v.subdistrict, v.subdistrict_en, v.locality, v.locality_en, v.parcel, w.zone, v.disposition, v.use_class,
       CASE WHEN v.disposition <> 'storage' THEN v.disposition ELSE g.stage END AS stage,
       CASE WHEN g.stage IS NOT NULL AND coalesce(v.disposition, 'storage') = 'storage' THEN nullif(stage_since(g.kind, v.fid, @to::date, @known::timestamptz), '-infinity') END AS stage_since,
       v.accuracy, v.source, v.source_en, v.area_m2::text, v.area_plane_m2::text, v.area_official_m2::text, v.published,
       ST_AsGeoJSON(ST_Transform(v.shape, 4490), 10, 0)::text AS geometry,
       lower(v.valid) AS valid_from, upper(v.valid) AS valid_to, lower(v.known) AS known_from, upper(v.known) AS known_to,
       v.recorded_at, v.recorded_by, v.reason, v.document_no, v.demo
FROM   land_on(@collection, daterange(@from::date, @to::date, '[]'), @known::timestamptz) v
CROSS  JOIN (SELECT box_3857(@x_min, @y_min, @x_max, @y_max) AS box) b
LEFT   JOIN LATERAL (
           SELECT z.code AS zone
           FROM   land_on('zones', daterange(@to::date, @to::date, '[]'), @known::timestamptz) z
           WHERE  v.collection = 'parcels' AND ST_Intersects(z.shape, ST_PointOnSurface(v.shape))
           ORDER  BY z.code
           LIMIT  1) w ON true
LEFT   JOIN subject_state g ON g.kind = CASE @collection WHEN 'plots' THEN 'plot' WHEN 'parcels' THEN 'parcel' END
           AND g.subject_id = v.fid AND g.known @> @known::timestamptz AND g.valid @> @to::date
WHERE  v.shape_3857 && b.box AND (v.shape_3857 @ b.box OR ST_Intersects(v.shape_3857, b.box))
AND    v.code > @after AND (@fid::int IS NULL OR v.fid = @fid) AND (@code::text IS NULL OR v.code = @code)
ORDER  BY v.code
LIMIT  @limit;

-- name: feature.count
-- How many things feature.page has in all.
SELECT count(*)
FROM   land_on(@collection, daterange(@from::date, @to::date, '[]'), @known::timestamptz) v
CROSS  JOIN (SELECT box_3857(@x_min, @y_min, @x_max, @y_max) AS box) b
WHERE  v.shape_3857 && b.box AND (v.shape_3857 @ b.box OR ST_Intersects(v.shape_3857, b.box))
AND    (@fid::int IS NULL OR v.fid = @fid);

-- name: feature.life
-- From when to when a thing was there, as known at an instant; no row where the layer has no such code.
-- A thing that was taken back on its first day was never there: then both are that day.
SELECT coalesce(min(coalesce(lower(v.valid), '-infinity')) FILTER (WHERE v.fid IS NOT NULL), never.day) AS since,
       coalesce(max(coalesce(upper(v.valid), 'infinity')) FILTER (WHERE v.fid IS NOT NULL), never.day) AS until
FROM   feature f
LEFT   JOIN feature_version v ON v.fid = f.fid AND v.known @> @known::timestamptz
LEFT   JOIN LATERAL (SELECT min(lower(r.valid)) AS day FROM feature_version r
                     WHERE r.fid = f.fid AND r.change = 'retired' AND NOT upper_inf(r.known) AND lower(r.known) <= @known::timestamptz) never ON true
WHERE  f.collection = @collection AND f.code = @code
GROUP  BY f.fid, never.day;

-- name: feature.heirs
-- What a thing became.
SELECT d.collection, d.code
FROM   feature f
JOIN   lineage l ON l.ancestor = f.fid
JOIN   feature d ON d.fid = l.descendant
WHERE  f.collection = @collection AND f.code = @code
ORDER  BY d.code;

-- name: feature.versions
-- Every version of a thing that had been recorded by an instant, the newest first, each as it was last known.
-- Columns are named after land.Feature.
SELECT DISTINCT ON (v.version) v.collection, v.fid, v.code, v.version, v.change, v.kind, v.name, v.name_en, v.name_status,
       v.subdistrict, v.subdistrict_en, v.locality, v.locality_en, v.parcel, NULL::text AS zone, v.disposition, v.use_class, NULL::text AS stage, NULL::date AS stage_since,
       v.accuracy, v.source, v.source_en, v.area_m2::text, v.area_plane_m2::text, v.area_official_m2::text, v.published,
       ST_AsGeoJSON(ST_Transform(v.shape, 4490), 10, 0)::text AS geometry,
       lower(v.valid) AS valid_from, upper(v.valid) AS valid_to, lower(v.known) AS known_from, upper(v.known) AS known_to,
       v.recorded_at, v.recorded_by, v.reason, v.document_no, v.demo
FROM   land v
WHERE  v.collection = @collection AND v.code = @code AND lower(v.known) <= @known::timestamptz
AND    (@version::int IS NULL OR v.version = @version)
ORDER  BY v.version DESC, lower(v.known) DESC;

-- name: feature.search
-- Things whose code begins with, or whose name holds, the words asked for; the best first.
SELECT v.collection, v.code, v.kind, v.name, v.name_en, coalesce(v.locality, v.subdistrict) AS place,
       coalesce(v.locality_en, v.subdistrict_en) AS place_en,
       array[ST_XMin(g.box), ST_YMin(g.box), ST_XMax(g.box), ST_YMax(g.box)]::float8[] AS box
FROM  (SELECT v.*, 0 AS rank FROM land_on('plots', daterange(@at::date, @at::date, '[]'), @known::timestamptz) v WHERE v.code ^@ @code
       UNION ALL
       SELECT v.*, CASE WHEN v.code ILIKE @prefix THEN 0 WHEN v.name ILIKE @prefix OR v.name_en ILIKE @prefix THEN 1 ELSE 2 END
       FROM  (SELECT * FROM land_on('parcels', daterange(@at::date, @at::date, '[]'), @known::timestamptz)
              UNION ALL SELECT * FROM land_on('zones', daterange(@at::date, @at::date, '[]'), @known::timestamptz)
              UNION ALL SELECT * FROM land_on('context', daterange(@at::date, @at::date, '[]'), @known::timestamptz)) v
       WHERE  v.code ILIKE @prefix OR v.name ILIKE @inside OR v.name_en ILIKE @inside OR v.locality ILIKE @inside OR v.subdistrict ILIKE @inside) v
CROSS JOIN LATERAL (SELECT ST_Transform(ST_Envelope(v.shape), 4490) AS box) g
ORDER  BY v.rank, array_position(array['parcels', 'zones', 'plots', 'context'], v.collection), v.code
LIMIT  @limit;

-- name: feature.codes
-- Which of the codes are taken.
SELECT code FROM feature WHERE code = ANY(@codes);

-- name: feature.create
-- A new thing with its first version; nothing where the code is taken meanwhile. The shape comes in degrees and is kept on the 0.1 mm grid.
WITH born AS (
    INSERT INTO feature (collection, code, round_id)
    SELECT @collection, @code, CASE WHEN @collection <> 'context' THEN (SELECT r.round_id FROM round r WHERE r.code = @round) END
    ON CONFLICT (code) DO NOTHING
    RETURNING fid
)
INSERT INTO feature_version (collection, fid, version, change, kind, name, name_en, name_status, subdistrict, subdistrict_en,
                             locality, locality_en, parcel, disposition, use_class, accuracy, source, source_en,
                             area_official_m2, published, shape, valid, known, recorded_at, recorded_by, reason, document_no)
SELECT @collection, born.fid, @version, @change, @kind, @name, @name_en, @name_status, @subdistrict, @subdistrict_en,
       @locality, @locality_en, (SELECT p.fid FROM feature p WHERE p.collection = 'parcels' AND p.code = @parcel), @disposition, @use_class,
       @accuracy, @source, @source_en, @area_official_m2::text::numeric, coalesce(@published::jsonb, '{}'),
       on_grid(ST_GeomFromWKB(@shape)),
       daterange(@from::date, NULL), tstzrange(@now::timestamptz, NULL), @now, @by, @reason, @document_no
FROM   born;

-- name: feature.extent
-- The box of all that is on the map, grown by a margin in metres; degrees, west south east north.
SELECT array[ST_XMin(e.box), ST_YMin(e.box), ST_XMax(e.box), ST_YMax(e.box)]::float8[]
FROM  (SELECT ST_Transform(ST_Expand(ST_SetSRID(ST_Extent(v.shape)::geometry, 4547), @margin), 4490) AS box
       FROM   feature_version v
       WHERE  v.collection IN ('zones', 'parcels', 'context') AND v.known @> 'infinity'::timestamptz) e
WHERE  e.box IS NOT NULL;
