-- name: tile.mvt
-- One tile with all its layers, as the map stood on a day, as known at an instant.
-- A zone or parcel too small for its pixel stays as a point: nothing is lost without saying so. Plots begin at z12, their codes at z14: a map shows a tile one zoom above its own.
WITH t AS (
    SELECT ST_TileEnvelope(@z::int, @x::int, @y::int) AS frame,
           ST_TileEnvelope(@z::int, @x::int, @y::int, margin => 64.0 / 4096) AS reach,
           daterange(@at::date, @at::date, '[]') AS days
)
SELECT (SELECT ST_AsMVT(q, 'context', 4096, 'shape', 'fid') FROM (
            SELECT v.fid, v.code, v.kind, v.name, v.name_en, ST_AsMVTGeom(v.shape_3857, t.frame, 4096, 64) AS shape
            FROM   t CROSS JOIN LATERAL land_on('context', t.days, @known::timestamptz) v
            WHERE  v.shape_3857 && t.reach
            ORDER  BY v.fid) q WHERE q.shape IS NOT NULL)
    || (SELECT ST_AsMVT(q, 'zones', 4096, 'shape', 'fid') FROM (
            SELECT v.fid, v.code, v.name, v.name_en, v.accuracy,
                   coalesce(ST_AsMVTGeom(v.shape_3857, t.frame, 4096, 64), ST_AsMVTGeom(ST_PointOnSurface(v.shape_3857), t.frame, 4096, 64)) AS shape
            FROM   t CROSS JOIN LATERAL land_on('zones', t.days, @known::timestamptz) v
            WHERE  v.shape_3857 && t.reach
            ORDER  BY v.fid) q WHERE q.shape IS NOT NULL)
    || (SELECT ST_AsMVT(q, 'parcels', 4096, 'shape', 'fid') FROM (
            SELECT v.fid, v.code, v.name, v.name_en, v.accuracy, v.name_status, v.area_m2::float8,
                   coalesce(ST_AsMVTGeom(v.shape_3857, t.frame, 4096, 64), ST_AsMVTGeom(ST_PointOnSurface(v.shape_3857), t.frame, 4096, 64)) AS shape
            FROM   t CROSS JOIN LATERAL land_on('parcels', t.days, @known::timestamptz) v
            WHERE  v.shape_3857 && t.reach
            ORDER  BY v.fid) q WHERE q.shape IS NOT NULL)
    || (SELECT ST_AsMVT(q, 'plots', 4096, 'shape', 'fid') FROM (
            SELECT v.fid, CASE WHEN @z >= 14 THEN v.code END AS code, CASE WHEN @z >= 15 THEN v.area_m2::float8 END AS area_m2,
                   v.disposition, v.use_class, CASE WHEN v.disposition <> 'storage' THEN v.disposition ELSE coalesce(s.stage, 'planned') END AS stage,
                   ST_AsMVTGeom(v.shape_3857, t.frame, 4096, 64) AS shape
            FROM   t CROSS JOIN LATERAL land_on('plots', t.days, @known::timestamptz) v
            LEFT   JOIN plot_state s ON s.subject_id = v.fid AND s.known @> @known::timestamptz AND s.valid && t.days
            WHERE  @z >= 12 AND v.shape_3857 && t.reach
            ORDER  BY v.fid) q WHERE q.shape IS NOT NULL)
    || (SELECT ST_AsMVT(q, 'released', 4096, 'shape') FROM (
            SELECT ST_AsMVTGeom(ST_UnaryUnion(ST_Collect(v.shape_3857)), t.frame, 4096, 64) AS shape
            FROM   t CROSS JOIN LATERAL land_on('plots', t.days, @known::timestamptz) v
            JOIN   plot_state s ON s.subject_id = v.fid AND s.known @> @known::timestamptz AND s.valid && t.days
            WHERE  v.shape_3857 && t.reach AND v.disposition = 'storage' AND s.stage IN ('stored', 'supplied')
            GROUP  BY t.frame) q WHERE q.shape IS NOT NULL);
