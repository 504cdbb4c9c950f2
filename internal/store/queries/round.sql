-- name: round.current
-- The newest round, as known at an instant. Columns are named after land.Round.
SELECT r.code, v.name, v.name_en, v.starts_on, v.target_ha::text, v.deadline, v.default_at, v.source, v.source_en, v.version, r.demo
FROM   round r
JOIN   round_version v USING (round_id)
WHERE  v.known @> @known::timestamptz AND v.valid @> @at::date
ORDER  BY v.starts_on DESC, r.code
LIMIT  1;

-- name: round.create
-- A new round; nothing where its code is taken.
WITH born AS (
    INSERT INTO round (code, demo) VALUES (@code, @demo)
    ON CONFLICT (code) DO NOTHING
    RETURNING round_id
)
INSERT INTO round_version (round_id, version, name, name_en, starts_on, target_ha, deadline, default_at, source, source_en, valid, known, recorded_at, recorded_by, reason)
SELECT born.round_id, 1, @name, @name_en, @starts_on, @target_ha::text::numeric, @deadline, @default_at, @source, @source_en,
       daterange(NULL, NULL), tstzrange(@now::timestamptz, NULL), @now, @by, @reason
FROM   born;
