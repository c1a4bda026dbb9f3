-- Version 1. docs/journal-format.md describes every column. No index beyond the sequence: a second one costs 13 times the speed.
CREATE TABLE opening (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    kind INTEGER NOT NULL,            -- 1 production, 2 simulated
    number INTEGER NOT NULL,          -- of this segment
    first_seq INTEGER NOT NULL,
    previous BLOB NOT NULL,           -- chain head of the segment before; 32 zero bytes in the first
    core_version TEXT NOT NULL,
    digest BLOB NOT NULL,             -- of the rulebook
    rulebook BLOB NOT NULL,
    plain_size INTEGER NOT NULL,      -- of the snapshot when it is deflated; 0: stored plain
    snapshot BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE frames (
    seq INTEGER PRIMARY KEY,
    log_time INTEGER NOT NULL,
    body BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    log_time INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    cause INTEGER NOT NULL,
    body BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
-- What stands between rows: after the row with this sequence, the snapshot first and then the block.
CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY,
    log_time INTEGER NOT NULL,
    plain_size INTEGER NOT NULL,
    body BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE blocks (
    seq INTEGER PRIMARY KEY,
    body BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
