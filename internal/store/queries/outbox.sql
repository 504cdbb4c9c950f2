-- name: outbox.horizon
-- Every transaction before this one has ended: what comes later is still to be read.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: outbox.since
-- Changes committed by transactions from a horizon on, with their boxes; a reader that begins at the horizon of its last reading misses none.
-- A change of the ledger that moves nothing on the map has no place.
SELECT o.seq, o.collection, coalesce(f.code, '') AS code, coalesce(o.fid, 0) AS fid, o.fid IS NULL AS ledger,
       CASE WHEN o.fid IS NULL THEN '{0,0,0,0}' ELSE array[ST_XMin(g.box), ST_YMin(g.box), ST_XMax(g.box), ST_YMax(g.box)] END::float8[] AS box,
       CASE WHEN o.fid IS NULL THEN '{0,0,0,0}' ELSE array[o.x_min, o.y_min, o.x_max, o.y_max] END::float8[] AS box3857
FROM   outbox o
LEFT   JOIN feature f ON f.fid = o.fid
CROSS  JOIN LATERAL (SELECT ST_Transform(ST_MakeEnvelope(o.x_min, o.y_min, o.x_max, o.y_max, 3857), 4490) AS box) g
WHERE  o.xact >= @since::text::xid8
ORDER  BY o.seq
LIMIT  @limit;

-- name: outbox.gone
-- Whether some of what came from a horizon on was forgotten.
SELECT b.before > @since::text::xid8 FROM outbox_begin b;

-- name: outbox.prune
-- Forgets what is older than a week, and answers how many changes.
SELECT outbox_prune();

-- name: outbox.listen
-- Hears of every transaction that changes the map.
LISTEN zhengbei_change;
