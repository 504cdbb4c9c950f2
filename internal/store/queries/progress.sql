-- name: progress.plots
-- Plots of a day as columns: where each lies, which of these stages it is in (retained and kept plots say so), its area. Rows would cost three times as much.
-- Plots that were there seven days before, and are no more, come as well: holdings of that day are theirs.
SELECT coalesce(array_agg(s.subject_id), '{}') AS plots, coalesce(array_agg(s.parcel), '{}') AS parcels, coalesce(array_agg(s.valid @> @at::date), '{}') AS now,
       coalesce(array_agg((array_position(@stages::text[], CASE s.disposition WHEN 'storage' THEN s.stage ELSE s.disposition END) - 1)::int), '{}') AS stages,
       coalesce(array_agg((s.area_m2 * 10000)::bigint), '{}') AS areas
FROM   plot_state s
WHERE  s.known @> @known::timestamptz AND s.valid && daterange(@at::date - 7, @at::date, '[]') AND (@use_class::text IS NULL OR s.use_class = @use_class);

-- name: progress.released
-- Plots that were released seven or 28 days before, as columns.
SELECT coalesce(array_agg(s.subject_id), '{}') AS plots, coalesce(array_agg(s.parcel), '{}') AS parcels, coalesce(array_agg((s.area_m2 * 10000)::bigint), '{}') AS areas,
       coalesce(array_agg(s.valid @> @at::date - 7), '{}') AS week, coalesce(array_agg(s.valid @> @at::date - 28), '{}') AS month
FROM   plot_state s
WHERE  s.known @> @known::timestamptz AND s.valid && daterange(@at::date - 28, @at::date - 7, '[]') AND s.disposition = 'storage' AND s.stage IN ('stored', 'supplied')
AND    (@use_class::text IS NULL OR s.use_class = @use_class);

-- name: progress.holdings
-- Holdings of a day as columns: the plot with most of its land, whether it is signed, and whether it was seven days before.
SELECT coalesce(array_agg(h.subject_id), '{}') AS holdings, coalesce(array_agg(h.parcel), '{}') AS parcels, coalesce(array_agg(coalesce(h.plot, 0)), '{}') AS plots,
       coalesce(array_agg(h.signed), '{}') AS signed, coalesce(array_agg(h.valid @> @at::date), '{}') AS now, coalesce(array_agg(h.valid @> @at::date - 7), '{}') AS week,
       coalesce(array_agg((h.floor_m2 * 10000)::bigint), '{}') AS floors, coalesce(array_agg((h.area_m2 * 10000)::bigint), '{}') AS lands, coalesce(array_agg(h.buildings), '{}') AS buildings
FROM   holding_state h
WHERE  h.known @> @known::timestamptz AND h.valid && daterange(@at::date - 7, @at::date, '[]');

-- name: progress.parts
-- The parts of plots that lie in zones, as columns: on the day, seven and 28 days before; main: more than half of the plot.
SELECT coalesce(array_agg(z.plot), '{}') AS plots, coalesce(array_agg(z.zone), '{}') AS zones, coalesce(array_agg((z.area_m2 * 10000)::bigint), '{}') AS areas, coalesce(array_agg(z.main), '{}') AS main,
       coalesce(array_agg(z.valid @> @at::date), '{}') AS now, coalesce(array_agg(z.valid @> @at::date - 7), '{}') AS week, coalesce(array_agg(z.valid @> @at::date - 28), '{}') AS month
FROM   plot_zone z
WHERE  z.known @> @known::timestamptz AND z.valid && daterange(@at::date - 28, @at::date, '[]');

-- name: progress.contracts
-- Contracts by parcel, kind and status; of all, or of those that cover one of these holdings.
SELECT s.parcel, c.kind, s.stage, count(*) AS contracts
FROM   contract_state s
JOIN   contract c ON c.contract = s.subject_id
WHERE  s.known @> @known::timestamptz AND s.valid @> @at::date
AND    (@use_class::text IS NULL AND @plots::int[] IS NULL AND @holdings::int[] IS NULL OR EXISTS (
           SELECT FROM contract_holding h
           JOIN   holding_state hs ON hs.subject_id = h.holding AND hs.known @> @known::timestamptz AND hs.valid @> @at::date
           WHERE  h.contract = s.subject_id AND h.known @> @known::timestamptz AND h.valid @> @at::date
           AND    (@plots::int[] IS NULL OR hs.plot = ANY(@plots)) AND (@holdings::int[] IS NULL OR h.holding = ANY(@holdings))
           AND    (@use_class::text IS NULL OR EXISTS (SELECT FROM plot_state p WHERE p.subject_id = hs.plot AND p.known @> @known::timestamptz AND p.valid @> @at::date AND p.use_class = @use_class))))
GROUP  BY s.parcel, c.kind, s.stage;


-- name: progress.parcels
-- The rows of the table: parcels with their stage, their post and the zone that holds their middle.
SELECT v.fid, f.code, v.name, v.name_en, v.name_status, v.accuracy, (v.area_m2 * 10000)::bigint AS area, coalesce(s.stage, 'proposed') AS stage,
       (SELECT zf.code FROM zone_version z JOIN feature zf ON zf.fid = z.fid
        WHERE z.known @> @known::timestamptz AND z.valid @> @at::date AND ST_Intersects(z.shape, ST_PointOnSurface(v.shape)) ORDER BY zf.code LIMIT 1) AS zone,
       p.code AS post, array[ST_XMin(g.box), ST_YMin(g.box), ST_XMax(g.box), ST_YMax(g.box)]::float8[] AS box
FROM   parcel_version v
JOIN   feature f ON f.fid = v.fid
CROSS  JOIN LATERAL (SELECT ST_Transform(ST_Envelope(v.shape), 4490) AS box) g
LEFT   JOIN parcel_state s ON s.subject_id = v.fid AND s.known @> @known::timestamptz AND s.valid @> @at::date
LEFT   JOIN command_post_parcel r ON r.parcel = v.fid AND r.known @> @known::timestamptz AND r.valid @> @at::date
LEFT   JOIN command_post p ON p.post_id = r.post_id
WHERE  v.known @> @known::timestamptz AND v.valid @> @at::date
ORDER  BY f.code;

-- name: progress.zones
-- The zones that there are.
SELECT v.fid, f.code, v.name, v.name_en
FROM   zone_version v
JOIN   feature f ON f.fid = v.fid
WHERE  v.known @> @known::timestamptz AND v.valid @> @at::date
ORDER  BY f.code;

-- name: progress.posts
-- The command posts that there are.
SELECT c.code, v.name, v.name_en
FROM   command_post c
JOIN   command_post_version v USING (post_id)
WHERE  v.known @> @known::timestamptz AND v.valid @> @at::date
ORDER  BY c.code;

-- name: progress.turns
-- By how much released and signed land grew or shrank on each day.
SELECT t.day, (sum(t.released) * 10000)::bigint AS released, (sum(t.signed) * 10000)::bigint AS signed
FROM  (SELECT coalesce(lower(s.valid), '-infinity') AS day, s.area_m2 * (s.stage IN ('stored', 'supplied'))::int AS released, s.area_m2 AS signed
       FROM   plot_state s
       WHERE  s.known @> @known::timestamptz AND s.disposition = 'storage' AND s.stage NOT IN ('planned', 'partly_signed') AND (@parcel::int IS NULL OR s.parcel = @parcel)
       UNION  ALL
       SELECT upper(s.valid), -s.area_m2 * (s.stage IN ('stored', 'supplied'))::int, -s.area_m2
       FROM   plot_state s
       WHERE  s.known @> @known::timestamptz AND s.disposition = 'storage' AND s.stage NOT IN ('planned', 'partly_signed') AND (@parcel::int IS NULL OR s.parcel = @parcel)
       AND    NOT upper_inf(s.valid)) t
WHERE  t.day <= @to::date
GROUP  BY t.day
ORDER  BY t.day;

-- name: progress.edges
-- The edges that plots share on a day, as columns.
SELECT coalesce(array_agg(e.a), '{}') AS a, coalesce(array_agg(e.b), '{}') AS b
FROM   plot_edge e
WHERE  e.known @> @known::timestamptz AND e.valid @> @at::date;

-- name: progress.outlines
-- The dissolved outlines of blocks, each given by its plots: element i of plots belongs to block i of blocks.
SELECT b.block, ST_AsGeoJSON(ST_Transform(b.shape, 4490), 10, 0)::text AS geometry, array[ST_X(c.centre), ST_Y(c.centre)]::float8[] AS centre, b.codes
FROM  (SELECT m.block, ST_Union(v.shape) AS shape, array_agg(f.code ORDER BY f.code) AS codes
       FROM   unnest(@plots::int[], @blocks::int[]) m(plot, block)
       JOIN   plot_version v ON v.fid = m.plot AND v.known @> @known::timestamptz AND v.valid @> @at::date
       JOIN   feature f ON f.fid = m.plot
       GROUP  BY m.block) b
CROSS JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(b.shape), 4490) AS centre) c
ORDER BY b.block;

-- name: progress.interests
-- The land of unbound holdings on storage plots, with how many unbound holdings each plot has in all.
SELECT l.holding, l.plot, (p.area_m2 * 10000)::bigint AS area, count(*) OVER (PARTITION BY l.plot)::int AS unbound
FROM   holding_state h
JOIN   holding_land l ON l.holding = h.subject_id AND l.known @> @known::timestamptz AND l.valid @> @at::date
JOIN   plot_state p ON p.subject_id = l.plot AND p.known @> @known::timestamptz AND p.valid @> @at::date
WHERE  h.known @> @known::timestamptz AND h.valid @> @at::date AND NOT h.signed AND NOT h.compulsory
AND    p.disposition = 'storage' AND p.stage IN ('planned', 'partly_signed') AND (@parcel::int IS NULL OR p.parcel = @parcel)
ORDER  BY l.holding, l.plot;

-- name: progress.holders
-- What a list of keystones says of each holding.
SELECT h.subject_id AS holding, s.code, v.name, v.class, h.stage, p.code AS parcel,
       ARRAY(SELECT c.code FROM holding_land l JOIN subject c ON c.subject_id = l.plot
             WHERE l.holding = h.subject_id AND l.known @> @known::timestamptz AND l.valid @> @at::date ORDER BY c.code) AS plots,
       ARRAY(SELECT c.subject_id FROM holding_land l JOIN subject c ON c.subject_id = l.plot
             WHERE l.holding = h.subject_id AND l.known @> @known::timestamptz AND l.valid @> @at::date ORDER BY c.code) AS plot_ids,
       ARRAY(SELECT e FROM (SELECT ST_Transform(ST_Envelope(ST_Collect(pv.shape)), 4490) AS box FROM holding_land l JOIN plot_version pv ON pv.fid = l.plot AND pv.known @> @known::timestamptz AND pv.valid @> @at::date
             WHERE l.holding = h.subject_id AND l.known @> @known::timestamptz AND l.valid @> @at::date) b,
             LATERAL (VALUES (1, ST_XMin(b.box)), (2, ST_YMin(b.box)), (3, ST_XMax(b.box)), (4, ST_YMax(b.box))) c(n, e) ORDER BY n)::float8[] AS box,
       visit.occurred_on AS last_visit, visit.value ->> 'next_step' AS next_step,
       EXISTS (SELECT FROM fact f -- each closing closes one
               WHERE  f.subject_id IN (h.subject_id, h.parcel) AND f.kind IN ('objected', 'objection_closed') AND f.occurred_on <= @at::date AND f.recorded_at <= @known::timestamptz
               AND    NOT EXISTS (SELECT FROM fact x WHERE x.voids = f.fact_id AND x.recorded_at <= @known::timestamptz)
               GROUP  BY f.subject_id
               HAVING count(*) FILTER (WHERE f.kind = 'objected') > count(*) FILTER (WHERE f.kind = 'objection_closed')) AS objection
FROM   holding_state h
JOIN   subject s ON s.subject_id = h.subject_id
JOIN   holding_version v ON v.holding = h.subject_id AND v.known @> @known::timestamptz AND v.valid @> @at::date
LEFT   JOIN subject p ON p.subject_id = h.parcel
LEFT   JOIN LATERAL (
           SELECT f.occurred_on, f.value
           FROM   fact f
           WHERE  f.subject_id = h.subject_id AND f.kind = 'visited' AND f.occurred_on <= @at::date AND f.recorded_at <= @known::timestamptz
           AND    NOT EXISTS (SELECT FROM fact x WHERE x.voids = f.fact_id AND x.recorded_at <= @known::timestamptz)
           ORDER  BY f.occurred_on DESC, f.fact_id DESC
           LIMIT  1) visit ON true
WHERE  h.subject_id = ANY(@holdings::int[]) AND h.known @> @known::timestamptz AND h.valid @> @at::date;

-- name: progress.inside
-- The plots whose inner point lies in an outline, given in degrees, or within so many metres of a point: on the day, and those of seven and 28 days before.
SELECT v.fid AS plot, f.code, bool_or(v.valid @> @at::date) AS now
FROM   plot_version v
JOIN   feature f ON f.fid = v.fid
CROSS  JOIN (SELECT CASE WHEN @radius_m::float8 IS NULL THEN ST_Transform(ST_GeomFromWKB(@shape, 4490), 4547)
                         ELSE ST_Buffer(ST_Transform(ST_GeomFromWKB(@shape, 4490), 4547), @radius_m::float8, 64) END AS area) a
WHERE  v.known @> @known::timestamptz AND (v.valid @> @at::date OR v.valid @> @at::date - 7 OR v.valid @> @at::date - 28)
AND    v.shape && a.area AND ST_Intersects(ST_PointOnSurface(v.shape), a.area)
GROUP  BY v.fid, f.code
ORDER  BY f.code;

-- name: progress.land_of
-- The plots that holdings have land on: on the day, and those of seven and 28 days before.
SELECT l.plot, f.code, bool_or(l.valid @> @at::date) AS now
FROM   holding_land l
JOIN   feature f ON f.fid = l.plot
WHERE  l.holding = ANY(@holdings::int[]) AND l.known @> @known::timestamptz AND (l.valid @> @at::date OR l.valid @> @at::date - 7 OR l.valid @> @at::date - 28)
GROUP  BY l.plot, f.code
ORDER  BY f.code;

-- name: progress.if_signed
-- The plots of holdings that are not bound, as they would be if these signed: how many interests each has, how many would be bound,
-- how many buildings stand on it, which acceptances it has.
SELECT p.subject_id AS plot, p.disposition, p.stage, (p.area_m2 * 10000)::bigint AS area,
       (SELECT count(*) FROM holding_land l JOIN holding_state h ON h.subject_id = l.holding AND h.known @> @known::timestamptz AND h.valid @> @at::date
        WHERE l.plot = p.subject_id AND l.known @> @known::timestamptz AND l.valid @> @at::date
        AND NOT (h.signed OR h.compulsory OR l.holding = ANY(@holdings::int[]))) AS unbound,
       (SELECT count(*) FROM building_version b JOIN building_state s ON s.subject_id = b.building AND s.known @> @known::timestamptz AND s.valid @> @at::date
        WHERE b.plot = p.subject_id AND b.known @> @known::timestamptz AND b.valid @> @at::date AND s.stage <> 'demolished') AS standing,
       ARRAY(SELECT f.kind FROM first_facts(ARRAY[p.subject_id], @known::timestamptz) f WHERE f.since <= @at::date ORDER BY f.kind) AS facts
FROM   plot_state p
WHERE  p.known @> @known::timestamptz AND p.valid @> @at::date AND p.stage IN ('planned', 'partly_signed')
AND    p.subject_id IN (SELECT l.plot FROM holding_land l WHERE l.holding = ANY(@holdings::int[]) AND l.known @> @known::timestamptz AND l.valid @> @at::date)
ORDER  BY p.subject_id;

-- name: progress.mark
-- A place in the stream of changes, and how many of the changes from it on can be seen already.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
       (SELECT count(*) FROM outbox o WHERE o.xact >= pg_snapshot_xmin(pg_current_snapshot())) AS seen;

-- name: progress.seen
-- How many changes from a place on can be seen.
SELECT count(*) FROM outbox o WHERE o.xact >= @horizon::text::xid8;

-- name: progress.invalid
-- Why an outline in degrees is no area, and where; no row where it is one.
SELECT d.reason, array[ST_X(d.location), ST_Y(d.location)]::float8[] AS point
FROM   ST_IsValidDetail(ST_GeomFromWKB(@shape, 4490)) d
WHERE  NOT d.valid;
