-- name: provision.roles
-- The three roles: the owner of the schema, the service that owns nothing, and the rights that it is lent.
DO $$
BEGIN
    PERFORM pg_advisory_xact_lock(0, 2); -- several servers may start together
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhengbei_service') THEN CREATE ROLE zhengbei_service NOLOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhengbei_owner') THEN CREATE ROLE zhengbei_owner LOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhengbei') THEN CREATE ROLE zhengbei LOGIN IN ROLE zhengbei_service; END IF;
END
$$;

-- name: provision.has_database
-- Whether a database of this name exists.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = @name);

-- name: provision.service_role
-- The role that carries the service's rights, made where it is missing.
DO $$
BEGIN
    PERFORM pg_advisory_xact_lock(0, 2);
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhengbei_service') THEN CREATE ROLE zhengbei_service NOLOGIN; END IF;
END
$$;

-- name: provision.lent
-- Whether a login role has the service's rights already.
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = @role AND pg_has_role(oid, 'zhengbei_service', 'MEMBER'));

-- name: provision.extensions
-- What the schema is made of.
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- name: provision.lacks
-- Which of the extensions are not there yet.
SELECT name FROM unnest(array['postgis', 'btree_gist']) AS name WHERE name NOT IN (SELECT extname FROM pg_extension);
