-- The Merkle tree over the hashes of all versions (RFC 6962): leaf n is version n + 1.

-- Its right edge: one row, moved with every batch in the batch's own transaction. `peaks` are
-- the roots of the full subtrees that make up the first `size` leaves, largest first.
CREATE TABLE log_edge (
  only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
  size BIGINT NOT NULL,
  peaks BYTEA NOT NULL
) WITH (fillfactor = 10);
INSERT INTO log_edge (size, peaks) VALUES (0, '');

-- Full rows of 256 hashes at every 8th level (C2SP tlog-tiles): tile n of level l holds the
-- nodes 256 n to 256 n + 255 of the tree's level 8 l. `root` is the node above them: the tile's
-- entry in the level above, which needs no row of its own before it is full.
CREATE TABLE log_tile (
  level SMALLINT NOT NULL CHECK (level BETWEEN 0 AND 7),
  number BIGINT NOT NULL CHECK (number >= 0),
  root BYTEA NOT NULL CHECK (octet_length(root) = 32),
  hashes BYTEA NOT NULL CHECK (octet_length(hashes) = 8192),
  PRIMARY KEY (level, number)
);
-- Hashes do not compress; stored plainly, a part of them is read without the rest.
ALTER TABLE log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE FUNCTION refuse_tile_change() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a tile of the log is never altered: % refused', TG_OP;
END $$;
CREATE TRIGGER log_tile_is_append_only BEFORE UPDATE OR DELETE ON log_tile
  FOR EACH ROW EXECUTE FUNCTION refuse_tile_change();
CREATE TRIGGER log_tile_is_not_truncated BEFORE TRUNCATE ON log_tile
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_tile_change();

GRANT SELECT ON log_edge, log_tile TO usersync_store, usersync_reader;
GRANT UPDATE ON log_edge TO usersync_store;
GRANT INSERT ON log_tile TO usersync_store;
