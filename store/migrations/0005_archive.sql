-- Partitions of version that are in files now, and what must be known of them all the same. Their
-- hashes stay in log_tile.

CREATE TABLE archive (
  first_seq BIGINT PRIMARY KEY,
  last_seq BIGINT NOT NULL UNIQUE CHECK (last_seq > first_seq),
  -- Of the subtree whose leaves these versions are.
  root BYTEA NOT NULL CHECK (octet_length(root) = 32),
  -- Its name, and the SHA-256 of what is in it.
  file TEXT NOT NULL UNIQUE,
  digest BYTEA NOT NULL CHECK (octet_length(digest) = 32),
  archived_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- The last archived version of every user: where its chain goes on. document_digest, the SHA-256
-- of that version's json, is null once erased.
CREATE TABLE archived_user (
  object_id BIGINT PRIMARY KEY,
  seq BIGINT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
  document_digest BYTEA CHECK (octet_length(document_digest) = 32)
);

CREATE FUNCTION refuse_archive_change() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'what is archived is never altered: % on % refused', TG_OP, TG_TABLE_NAME;
END $$;
-- A file from which content was erased has another digest.
CREATE TRIGGER archive_is_append_only
  BEFORE UPDATE OF first_seq, last_seq, root, file, archived_at OR DELETE ON archive
  FOR EACH ROW EXECUTE FUNCTION refuse_archive_change();
CREATE TRIGGER archive_is_not_truncated BEFORE TRUNCATE ON archive
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_archive_change();
CREATE TRIGGER archived_user_is_not_removed BEFORE DELETE ON archived_user
  FOR EACH ROW EXECUTE FUNCTION refuse_archive_change();
CREATE TRIGGER archived_user_is_not_truncated BEFORE TRUNCATE ON archived_user
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_archive_change();

-- How far the bridge that broadcasts has come; no row: no bridge has said so yet. It needs every
-- change after this one.
CREATE TABLE broadcast (
  only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
  seq BIGINT NOT NULL,
  told_at TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 10);

-- Drops the partition that holds the sequences up to `last`, which are in `archive` already, of
-- whose contents `erased` were gone when they were exported. Waits for readers only briefly,
-- because all that come later wait behind it. Returns DROPPED; or, with nothing done, BUSY, ERASED
-- (more is gone by now than was exported), or NOT_BROADCAST.
CREATE FUNCTION drop_archived_partition(last BIGINT, erased BIGINT, without_bridge BOOLEAN)
  RETURNS TEXT LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  SET lock_timeout = '250ms' AS $$
DECLARE
  name CONSTANT TEXT := format('version_p%s', last / 1048576 - 1);
  sent BIGINT;
  erased_now BIGINT;
BEGIN
  -- Whatever was locked is free again if this fails.
  BEGIN
    -- Whoever verifies the history keeps it whole.
    IF NOT pg_try_advisory_xact_lock(7310003) THEN
      RETURN 'BUSY';
    END IF;
    -- Holds up erasers of these versions alone.
    EXECUTE format('LOCK TABLE public.%I IN SHARE MODE', name);
    EXECUTE format('SELECT count(*) FILTER (WHERE body_salt IS NULL) + '
      'count(*) FILTER (WHERE actor_salt IS NULL) FROM public.%I', name) INTO erased_now;
    IF erased_now <> erased THEN
      RETURN 'ERASED';
    END IF;
    SELECT b.seq INTO sent FROM public.broadcast b FOR SHARE;
    IF NOT without_bridge AND coalesce(sent, 0) < last THEN
      RETURN 'NOT_BROADCAST';
    END IF;
    EXECUTE format('DROP TABLE public.%I', name);
  EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    RETURN 'BUSY';
  END;
  RETURN 'DROPPED';
END $$;

REVOKE ALL ON FUNCTION drop_archived_partition(BIGINT, BIGINT, BOOLEAN) FROM PUBLIC;
GRANT SELECT ON archive, archived_user, broadcast TO usersync_store, usersync_reader;
GRANT INSERT, UPDATE ON broadcast TO usersync_store;
GRANT SELECT ON archived_user TO usersync_eraser;
GRANT UPDATE (document_digest) ON archived_user TO usersync_eraser;

-- As before, and what an archived version's document was known by.
CREATE OR REPLACE FUNCTION erase_content(of_object BIGINT, of_user TEXT, erased_at BIGINT)
  RETURNS BIGINT
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  quoted_id CONSTANT BYTEA := convert_to('"' || of_user || '"', 'UTF8');
  gone BIGINT;
BEGIN
  IF NOT EXISTS (SELECT FROM public.version
                 WHERE id = erased_at AND object_id = of_object AND action = 'erase') THEN
    RAISE EXCEPTION 'sequence % does not erase this user', erased_at;
  END IF;
  UPDATE public.version
    SET json = NULL, audit = NULL, reason = NULL, mutation_id = NULL, body_salt = NULL
    WHERE object_id = of_object AND id < erased_at AND body_salt IS NOT NULL;
  UPDATE public.archived_user SET document_digest = NULL WHERE object_id = of_object;
  DELETE FROM public.ledger WHERE user_id = of_user;
  DELETE FROM public.refused
    WHERE user_id = of_user OR (user_id IS NULL AND position(quoted_id IN payload) > 0);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
