-- Accounts with one role each, their sessions, tokens, one-time links and failed sign-ins; who acts in a transaction.

-- +goose Up

-- Whoever acts. A role is one of seven, and an account has one, so that the three administrations (三员) are never combined, nor with land.
-- Number 0 is the console: whoever can run the program beside the database. It has no password, no session and no token.
CREATE TABLE account (
    account_id     int          GENERATED ALWAYS AS IDENTITY,
    name           text         NOT NULL, -- stands in every record for ever: it is never changed
    person         text         NOT NULL DEFAULT '', -- whom it belongs to, as colleagues call them
    role           text,                  -- null: added by the sysadmin, and not yet given a role by the secadmin
    post_id        int,                   -- of a command post
    sees_names     boolean      NOT NULL DEFAULT false, -- a planner who was granted personal names
    password_hash  text,                  -- argon2id in PHC form; null until the person sets one
    password_at    timestamptz,
    issuer         text,                  -- of OpenID Connect, with the subject there
    subject        text,
    disabled_at    timestamptz,
    created_at     timestamptz  NOT NULL DEFAULT clock_timestamp(),
    created_by     text         NOT NULL,
    signed_in_at   timestamptz,
    CONSTRAINT account_pk         PRIMARY KEY (account_id),
    CONSTRAINT account_name_form  CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$'),
    CONSTRAINT account_person     CHECK (length(person) <= 100),
    CONSTRAINT account_role       CHECK (role IN ('officer', 'command_post', 'planner', 'viewer', 'sysadmin', 'secadmin', 'auditor', 'console')),
    CONSTRAINT account_console    CHECK ((role IS NOT DISTINCT FROM 'console') = (account_id = 0)),
    CONSTRAINT account_post       FOREIGN KEY (post_id) REFERENCES command_post (post_id),
    CONSTRAINT account_has_post   CHECK ((role IS NOT DISTINCT FROM 'command_post') = (post_id IS NOT NULL)),
    CONSTRAINT account_names      CHECK (NOT sees_names OR role IS NOT DISTINCT FROM 'planner'),
    CONSTRAINT account_elsewhere  UNIQUE (issuer, subject),
    CONSTRAINT account_both       CHECK ((issuer IS NULL) = (subject IS NULL))
);
CREATE UNIQUE INDEX account_name ON account (lower(name));
INSERT INTO account (account_id, name, role, created_by) OVERRIDING SYSTEM VALUE VALUES (0, 'operator', 'console', 'zhengbei');

-- What is kept of a session, a token or a link is the SHA-256 of its secret: who reads the table can use none of them.
CREATE TABLE session (
    session_id  int          GENERATED ALWAYS AS IDENTITY,
    account_id  int          NOT NULL,
    secret      bytea        NOT NULL,
    created_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
    seen_at     timestamptz  NOT NULL DEFAULT clock_timestamp(), -- to the minute: idle sessions end
    ends_at     timestamptz  NOT NULL,                           -- at the latest
    ended_at    timestamptz,
    address     text         NOT NULL,
    agent       text         NOT NULL,
    CONSTRAINT session_pk       PRIMARY KEY (session_id),
    CONSTRAINT session_account  FOREIGN KEY (account_id) REFERENCES account (account_id),
    CONSTRAINT session_secret   UNIQUE (secret),
    CONSTRAINT session_form     CHECK (length(secret) = 32 AND length(agent) <= 300)
);
CREATE INDEX session_by_account ON session (account_id) WHERE ended_at IS NULL;

CREATE TABLE token (
    token_id    int          GENERATED ALWAYS AS IDENTITY,
    account_id  int          NOT NULL,
    name        text         NOT NULL,
    secret      bytea        NOT NULL,
    scopes      text[]       NOT NULL,
    reason      text,                     -- for changes by programs that cannot give one
    created_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
    ends_at     timestamptz  NOT NULL,
    ended_at    timestamptz,
    used_at     timestamptz,              -- to the minute
    CONSTRAINT token_pk       PRIMARY KEY (token_id),
    CONSTRAINT token_account  FOREIGN KEY (account_id) REFERENCES account (account_id),
    CONSTRAINT token_secret   UNIQUE (secret),
    CONSTRAINT token_form     CHECK (length(secret) = 32 AND length(name) BETWEEN 1 AND 100 AND length(reason) <= 500),
    CONSTRAINT token_scopes   CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'edit', 'export'])
);
CREATE INDEX token_by_account ON token (account_id) WHERE ended_at IS NULL;

-- A link that is good once: to set a password, or in a demonstration to sign in.
CREATE TABLE one_time_link (
    link_id     int          GENERATED ALWAYS AS IDENTITY,
    account_id  int          NOT NULL,
    purpose     text         NOT NULL,
    secret      bytea        NOT NULL,
    created_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
    ends_at     timestamptz  NOT NULL,
    used_at     timestamptz,
    CONSTRAINT one_time_link_pk       PRIMARY KEY (link_id),
    CONSTRAINT one_time_link_account  FOREIGN KEY (account_id) REFERENCES account (account_id),
    CONSTRAINT one_time_link_secret   UNIQUE (secret),
    CONSTRAINT one_time_link_purpose  CHECK (purpose IN ('password', 'sign_in'))
);
CREATE INDEX one_time_link_by_account ON one_time_link (account_id) WHERE used_at IS NULL;

-- Failed sign-ins, of names that exist and of those that do not alike. One is counted before its password is looked at,
-- so that guesses side by side cannot slip past the bounds, and taken back when the password was right.
CREATE TABLE sign_in_failure (
    failure_id  bigint       GENERATED ALWAYS AS IDENTITY,
    name        text         NOT NULL, -- the SHA-256 of it in small letters: it may have been a password
    address     text         NOT NULL,
    at          timestamptz  NOT NULL DEFAULT clock_timestamp(),
    pending     boolean      NOT NULL DEFAULT true, -- its password is being looked at
    CONSTRAINT sign_in_failure_pk PRIMARY KEY (failure_id)
);
CREATE INDEX sign_in_failure_by_name    ON sign_in_failure (name, address, at);
CREATE INDEX sign_in_failure_by_address ON sign_in_failure (address, at);
CREATE INDEX sign_in_failure_by_at      ON sign_in_failure (at);

GRANT SELECT, INSERT ON account, session, token, one_time_link TO zhengbei_service;
GRANT UPDATE (person, role, post_id, sees_names, password_hash, password_at, issuer, subject, disabled_at, signed_in_at) ON account TO zhengbei_service;
GRANT UPDATE (seen_at, ended_at) ON session TO zhengbei_service;
GRANT UPDATE (ended_at, used_at) ON token TO zhengbei_service;
GRANT UPDATE (used_at) ON one_time_link TO zhengbei_service;
GRANT SELECT, INSERT, DELETE ON sign_in_failure TO zhengbei_service;
GRANT UPDATE (pending) ON sign_in_failure TO zhengbei_service;

-- Who acts in this transaction; null where nobody said: then no row of the register is seen.
-- +goose StatementBegin
CREATE FUNCTION acting() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('zb.account', true), '')::int -- a spent setting of a pooled connection is empty
$$;
-- +goose StatementEnd

-- The role in which it acts; null where it is disabled.
-- +goose StatementBegin
CREATE FUNCTION acting_role() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT a.role FROM account a WHERE a.account_id = acting() AND a.disabled_at IS NULL);
END
$$;
-- +goose StatementEnd

-- Says who acts in this transaction: it is called once, by the statement that begins it, and finds what the account may see of the register.
-- Policies then read a setting and look nothing up, so that a row that is hidden costs no more time than one that is not there.
-- +goose StatementBegin
CREATE FUNCTION acting_as(account int) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT a.role, a.post_id INTO whose FROM account a WHERE a.account_id = acting_as.account AND a.disabled_at IS NULL;
    PERFORM set_config('zb.account', acting_as.account::text, true),
            set_config('zb.post', coalesce(whose.post_id::text, ''), true),
            set_config('zb.sees', CASE WHEN whose.role IN ('officer', 'planner', 'console') THEN 'all' ELSE '' END, true),
            set_config('zb.parcels', ARRAY(SELECT r.parcel FROM command_post_parcel r
                WHERE r.post_id = whose.post_id AND upper_inf(r.known) AND r.valid @> (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)::text, true);
END
$$;
-- +goose StatementEnd

-- The command post that it belongs to.
-- +goose StatementBegin
CREATE FUNCTION acting_post() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('zb.post', true), '')::int
$$;
-- +goose StatementEnd

-- Whether it sees the whole register.
-- +goose StatementBegin
CREATE FUNCTION acting_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('zb.sees', true) = 'all', false)
$$;
-- +goose StatementEnd

-- The parcels that its command post runs today, in Shenzhen.
-- +goose StatementBegin
CREATE FUNCTION acting_parcels() RETURNS int[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('zb.parcels', true), ''), '{}')::int[]
$$;
-- +goose StatementEnd
