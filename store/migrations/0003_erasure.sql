-- Erasure: what a person's data is found by, and the one door to the content of a version.

CREATE INDEX ledger_user ON ledger (user_id);
CREATE INDEX refused_user ON refused (user_id);
CREATE INDEX refused_of_nobody ON refused (id) WHERE user_id IS NULL;
CREATE INDEX users_erased ON users (seq) WHERE erased;

-- Makes usersync_eraser, who may touch nothing but what can be erased, the one as whom a function
-- runs. Only a member may give something to a role. An owner who is none and cannot become one
-- keeps the function: it does the same then, under a name that could do more.
CREATE PROCEDURE give_to_eraser(given REGPROCEDURE) LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_has_role(current_user, 'usersync_eraser', 'MEMBER') THEN
    EXECUTE format('GRANT usersync_eraser TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA public TO usersync_eraser;
  EXECUTE format('ALTER FUNCTION %s OWNER TO usersync_eraser', given);
  REVOKE CREATE ON SCHEMA public FROM usersync_eraser;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE '% stays with %', given, current_user;
END $$;
REVOKE ALL ON PROCEDURE give_to_eraser(REGPROCEDURE) FROM PUBLIC;

GRANT SELECT, DELETE ON ledger, refused TO usersync_eraser;

-- Destroys what is kept of a user beside the version that erased it, whose sequence is `erased_at`:
-- the content of all versions before, the answers, and what was refused, also where nobody could
-- say whose it was but the id stands in it. Returns how many refused mutations went.
CREATE FUNCTION erase_content(of_object BIGINT, of_user TEXT, erased_at BIGINT) RETURNS BIGINT
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
  DELETE FROM public.ledger WHERE user_id = of_user;
  DELETE FROM public.refused
    WHERE user_id = of_user OR (user_id IS NULL AND position(quoted_id IN payload) > 0);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
REVOKE ALL ON FUNCTION erase_content(BIGINT, TEXT, BIGINT) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_content(BIGINT, TEXT, BIGINT) TO usersync_store;
CALL give_to_eraser('erase_content(BIGINT, TEXT, BIGINT)');
