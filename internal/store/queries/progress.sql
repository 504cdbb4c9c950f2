-- name: progress.parcels
-- The rows of the table: the round's parcels with their stage, their post and the zone that holds their middle.
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
WHERE  f.round_id = (SELECT o.round_id FROM round o WHERE o.code = @round) AND v.known @> @known::timestamptz AND v.valid @> @at::date
ORDER  BY f.code;

-- name: progress.zones
-- The zones of a round.
SELECT v.fid, f.code, v.name, v.name_en
FROM   zone_version v
JOIN   feature f ON f.fid = v.fid
WHERE  f.round_id = (SELECT o.round_id FROM round o WHERE o.code = @round) AND v.known @> @known::timestamptz AND v.valid @> @at::date
ORDER  BY f.code;

-- name: progress.posts
-- The command posts that there are.
SELECT c.code, v.name, v.name_en
FROM   command_post c
JOIN   command_post_version v USING (post_id)
WHERE  v.known @> @known::timestamptz AND v.valid @> @at::date
ORDER  BY c.code;

-- name: progress.shapes
-- The shapes of plots, and their codes, in their order.
SELECT v.fid AS plot, f.code, ST_AsBinary(v.shape) AS shape
FROM   plot_version v
JOIN   feature f ON f.fid = v.fid
WHERE  v.fid = ANY(@plots::int[]) AND v.known @> @known::timestamptz AND v.valid @> @at::date
ORDER  BY f.code;

-- name: progress.overlaid
-- The outline of plots by overlay, which takes ten times as long as dissolving a coverage and needs none.
SELECT ST_AsBinary(ST_Union(v.shape)) AS shape
FROM   plot_version v
WHERE  v.fid = ANY(@plots::int[]) AND v.known @> @known::timestamptz AND v.valid @> @at::date;

-- name: progress.outlines
-- Outlines in the plane as they are shown, each with a point inside, and whether it is an area at all.
SELECT ST_IsValid(b.shape) AS valid, ST_AsGeoJSON(ST_Transform(b.shape, 4490), 10, 0)::text AS geometry, array[ST_X(c.centre), ST_Y(c.centre)]::float8[] AS centre
FROM   unnest(@shapes::bytea[]) WITH ORDINALITY s(wkb, n)
CROSS  JOIN LATERAL (SELECT ST_GeomFromWKB(s.wkb, 4547) AS shape) b
CROSS  JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(b.shape), 4490) AS centre) c
ORDER  BY s.n;

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
WHERE  h.subject_id = ANY(@holdings::int[]) AND h.known @> @known::timestamptz AND h.valid @> @at::date
AND    (@mine::text[] IS NULL OR s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine)));

-- name: progress.seen
-- Those of these things that one may see.
SELECT s.subject_id FROM subject s WHERE s.subject_id = ANY(@ids::int[]) AND (@mine::text[] IS NULL OR s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine)));

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

-- name: progress.invalid
-- Why an outline in degrees is no area, and where; no row where it is one.
SELECT d.reason, array[ST_X(d.location), ST_Y(d.location)]::float8[] AS point
FROM   ST_IsValidDetail(ST_GeomFromWKB(@shape, 4490)) d
WHERE  NOT d.valid;
