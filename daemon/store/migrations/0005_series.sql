-- Version 5: in snapshots a timeline is its series alone, so that a new signal changes no layout (docs/journal-format.md). The tables
-- are the same.
SELECT 1;
