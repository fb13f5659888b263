-- The tables of design: users and their versions, the feed's head, and what the sequencer
-- needs to answer everything once. A seed's tables of the same names were moved aside before.

DO $$
DECLARE
  name TEXT;
BEGIN
  FOREACH name IN ARRAY ARRAY['usersync_store', 'usersync_eraser', 'usersync_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
  END LOOP;
END $$;

-- The current state of every user: always the fold of its versions.
CREATE TABLE users (
  id BIGSERIAL PRIMARY KEY,
  email TEXT NOT NULL,
  status TEXT NOT NULL,
  role TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  doc_id TEXT COLLATE "C" NOT NULL UNIQUE,
  document JSONB NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  deleted BOOLEAN NOT NULL,
  erased BOOLEAN NOT NULL DEFAULT FALSE,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
  -- The store's clock: when version 1, the last version and the deletion were committed.
  create_time TIMESTAMPTZ NOT NULL,
  update_time TIMESTAMPTZ NOT NULL,
  delete_time TIMESTAMPTZ
);
CREATE INDEX users_seq ON users (seq);

-- Which living user has an address (ASCII letters folded). A table of its own, because an
-- index on users would be paid for by every change; see store/README.md for the figures.
CREATE TABLE email_address (
  address TEXT COLLATE "C" PRIMARY KEY,
  user_id BIGINT NOT NULL
);

-- Every committed write. id is the sequence: dense, in commit order.
CREATE TABLE version (
  id BIGINT NOT NULL PRIMARY KEY,
  object_type TEXT NOT NULL CHECK (object_type = 'user'),
  object_id BIGINT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  json JSONB,
  action TEXT NOT NULL
    CHECK (action IN ('create', 'update', 'delete', 'undelete', 'restore', 'erase')),
  actor TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  mutation_id TEXT,
  reason TEXT,
  audit JSONB,
  changed_fields TEXT[] NOT NULL,
  auth TEXT NOT NULL CHECK (auth IN ('none', 'nats', 'jwt', 'mtls')),
  format SMALLINT NOT NULL,
  body_salt BYTEA CHECK (octet_length(body_salt) = 16),
  actor_salt BYTEA CHECK (octet_length(actor_salt) = 16),
  body_hash BYTEA NOT NULL CHECK (octet_length(body_hash) = 32),
  actor_hash BYTEA NOT NULL CHECK (octet_length(actor_hash) = 32),
  prev_hash BYTEA NOT NULL CHECK (octet_length(prev_hash) = 32),
  hash BYTEA NOT NULL CHECK (octet_length(hash) = 32)
) PARTITION BY RANGE (id);
CREATE INDEX version_object ON version (object_id, version);

-- One row: the database's id, the newest sequence and its time. Its lock orders all writers.
CREATE TABLE feed (
  only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
  epoch UUID NOT NULL,
  head BIGINT NOT NULL,
  last_at TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 10);
INSERT INTO feed (epoch, head, last_at) VALUES (gen_random_uuid(), 0, 'epoch');

-- The answers to mutations whose id the client chose.
CREATE TABLE ledger (
  actor TEXT COLLATE "C" NOT NULL,
  mutation_id TEXT COLLATE "C" NOT NULL,
  request_hash BYTEA NOT NULL,
  outcome TEXT NOT NULL,
  seq BIGINT NOT NULL,
  version INTEGER NOT NULL,
  violations JSONB,
  refused_id BIGINT,
  user_id TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (actor, mutation_id)
);
CREATE INDEX ledger_created_at ON ledger USING brin (created_at);

-- How far each NATS stream has been taken in.
CREATE TABLE source (
  stream TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  time_ns BIGINT NOT NULL
) WITH (fillfactor = 10);

-- What was not committed. payload is a serialized users.v1.Mutation, or what could not be decoded
-- as it came (mutation_id is null then). audit holds both sides of a conflict.
CREATE TABLE refused (
  id BIGSERIAL PRIMARY KEY,
  actor TEXT NOT NULL,
  auth TEXT NOT NULL,
  mutation_id TEXT,
  user_id TEXT,
  payload BYTEA NOT NULL,
  outcome TEXT NOT NULL,
  violations JSONB,
  audit JSONB,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX refused_created_at ON refused USING brin (created_at);

-- Append-only: triggers stop accidents, the roles below stop the service.
CREATE FUNCTION refuse_version_change() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  erasable CONSTANT TEXT[] :=
    ARRAY['json', 'audit', 'reason', 'mutation_id', 'body_salt', 'actor', 'actor_salt'];
  before JSONB;
  after JSONB;
  name TEXT;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    before := to_jsonb(OLD);
    after := to_jsonb(NEW);
    IF before - erasable = after - erasable THEN
      FOREACH name IN ARRAY erasable LOOP
        IF after -> name <> 'null' AND after -> name <> before -> name THEN
          RAISE EXCEPTION 'a version is never altered: column % can only become null', name;
        END IF;
      END LOOP;
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'a version is never altered: % on % refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER version_is_append_only BEFORE UPDATE OR DELETE ON version
  FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER version_is_not_truncated BEFORE TRUNCATE ON version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_version_change();

-- Makes the partitions that hold sequences up to `last`; each holds 2^20. Attaching, unlike
-- CREATE ... PARTITION OF, does not stop readers and writers. Returns the last sequence that
-- has a partition.
CREATE FUNCTION add_version_partitions(last BIGINT) RETURNS BIGINT LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  size CONSTANT BIGINT := 1048576;
  k BIGINT := 0;
  name TEXT;
BEGIN
  PERFORM pg_advisory_xact_lock(7310001);
  SELECT coalesce(max(substring(c.relname FROM '^version_p([0-9]+)$')::BIGINT) + 1, 0) INTO k
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.version'::regclass AND c.relname ~ '^version_p[0-9]+$';
  WHILE k * size < last LOOP
    name := format('version_p%s', k);
    EXECUTE format('CREATE TABLE public.%I (LIKE public.version INCLUDING DEFAULTS '
      'INCLUDING CONSTRAINTS INCLUDING INDEXES, CONSTRAINT %I CHECK (id >= %s AND id < %s))',
      name, name || '_range', k * size + 1, (k + 1) * size + 1);
    EXECUTE format('ALTER TABLE public.version ATTACH PARTITION public.%I '
      'FOR VALUES FROM (%s) TO (%s)', name, k * size + 1, (k + 1) * size + 1);
    EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT %I', name, name || '_range');
    EXECUTE format('CREATE TRIGGER version_is_not_truncated BEFORE TRUNCATE ON public.%I '
      'FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_version_change()', name);
    EXECUTE format('GRANT SELECT ON public.%I TO usersync_store, usersync_reader', name);
    k := k + 1;
  END LOOP;
  RETURN k * size;
END $$;
SELECT add_version_partitions(1);

-- Removes at most `most` rows of ledger and refused that are older than 30 days. Returns how
-- many went.
CREATE FUNCTION expire_answers(most INTEGER) RETURNS BIGINT LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  horizon CONSTANT TIMESTAMPTZ := now() - interval '30 days';
  gone BIGINT;
  more BIGINT;
BEGIN
  DELETE FROM public.ledger WHERE ctid = ANY (ARRAY(
    SELECT l.ctid FROM public.ledger l WHERE l.created_at < horizon LIMIT most));
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM public.refused WHERE ctid = ANY (ARRAY(
    SELECT r.ctid FROM public.refused r WHERE r.created_at < horizon LIMIT most));
  GET DIAGNOSTICS more = ROW_COUNT;
  RETURN gone + more;
END $$;

REVOKE ALL ON FUNCTION add_version_partitions(BIGINT), expire_answers(INTEGER) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_version_partitions(BIGINT), expire_answers(INTEGER)
  TO usersync_store;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO usersync_reader;
GRANT SELECT, INSERT ON version, ledger, refused TO usersync_store;
GRANT SELECT, INSERT, UPDATE ON users, source TO usersync_store;
GRANT SELECT, UPDATE ON feed TO usersync_store;
GRANT SELECT, INSERT, DELETE ON email_address TO usersync_store;
GRANT USAGE ON SEQUENCE users_id_seq, refused_id_seq TO usersync_store;
GRANT SELECT ON version TO usersync_eraser;
GRANT UPDATE (json, audit, reason, mutation_id, body_salt, actor, actor_salt) ON version
  TO usersync_eraser;
