-- Pseudonymising: the one door to the actors of versions.

-- Also for the list of what one actor had refused.
CREATE INDEX refused_actor ON refused (actor, id);

-- How often actors lost their names. A store that sees it grow forgets the changes that it has in
-- memory.
CREATE TABLE pseudonym (
  only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
  count BIGINT NOT NULL
) WITH (fillfactor = 10);
INSERT INTO pseudonym (count) VALUES (0);
GRANT SELECT ON pseudonym TO usersync_store, usersync_reader;
GRANT SELECT, UPDATE ON pseudonym TO usersync_eraser;

-- Takes an actor's name and its salt out of the versions first to last: without the salt nobody can
-- try names on the hash that stays. Returns how many versions had it.
CREATE FUNCTION pseudonymise_versions(of_actor TEXT, first BIGINT, last BIGINT) RETURNS BIGINT
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  changed BIGINT;
BEGIN
  UPDATE public.version SET actor = NULL, actor_salt = NULL
    WHERE id BETWEEN first AND last AND actor = of_actor;
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed > 0 THEN
    UPDATE public.pseudonym SET count = count + 1;
  END IF;
  RETURN changed;
END $$;

-- Removes at most `most` answers, and as many refused mutations, that are kept under an actor's
-- name.
CREATE FUNCTION forget_actor(of_actor TEXT, most INTEGER, OUT answers BIGINT, OUT unlisted BIGINT)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM public.ledger WHERE ctid = ANY (ARRAY(
    SELECT l.ctid FROM public.ledger l WHERE l.actor = of_actor LIMIT most));
  GET DIAGNOSTICS answers = ROW_COUNT;
  DELETE FROM public.refused WHERE ctid = ANY (ARRAY(
    SELECT r.ctid FROM public.refused r WHERE r.actor = of_actor LIMIT most));
  GET DIAGNOSTICS unlisted = ROW_COUNT;
END $$;

REVOKE ALL ON FUNCTION pseudonymise_versions(TEXT, BIGINT, BIGINT), forget_actor(TEXT, INTEGER)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pseudonymise_versions(TEXT, BIGINT, BIGINT), forget_actor(TEXT, INTEGER)
  TO usersync_store;
CALL give_to_eraser('pseudonymise_versions(TEXT, BIGINT, BIGINT)');
CALL give_to_eraser('forget_actor(TEXT, INTEGER)');
