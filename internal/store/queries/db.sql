-- name: db.enter
-- Takes the shared ledger lock; the clock is read behind it.
SELECT ledger_enter();

-- name: db.clock
-- The one instant of a write.
SELECT clock_timestamp();

-- name: db.settle
-- Waits for every write with an earlier instant and answers the settled one.
SELECT ledger_settle();

-- name: db.patient
-- A stream lasts as long as its reader; the request's deadline bounds it.
SET LOCAL statement_timeout = '10min';

-- name: db.self
-- Who the service is here, and what it must not be: an owner, a superuser, one who passes row level security.
SELECT r.rolname::text AS role, r.rolsuper AS super, r.rolbypassrls AS bypass_rls,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relname IN ('feature', 'feature_version') AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owner,
       pg_has_role(r.oid, 'zhengbei_service', 'MEMBER') AS service
FROM   pg_roles r
WHERE  r.rolname = current_user;

-- name: db.facts
-- What the database can do, for doctor.
SELECT current_setting('server_version') AS server,
       (SELECT extversion FROM pg_extension WHERE extname = 'postgis') AS postgis,
       (SELECT extversion FROM pg_extension WHERE extname = 'btree_gist') AS btree_gist,
       EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis') AS postgis_available,
       EXISTS (SELECT FROM pg_available_extensions WHERE name = 'btree_gist') AS btree_gist_available,
       pg_is_in_recovery() AS standby,
       EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhengbei_service') AS service_role,
       to_regclass('public.goose_db_version') IS NOT NULL AS migrated,
       current_user::text AS role, current_database()::text AS database,
       clock_timestamp() AS clock;

-- name: db.schema
-- The newest migration that was applied.
SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied;

-- name: db.states
-- How many derived states are stored.
SELECT count(*) FROM subject_state;

-- name: db.rebuild
-- Derives every state anew from facts and register.
SELECT rebuild_states();
