-- Version 4: in snapshots a sample knows in which salt its rate was told (docs/journal-format.md). The tables are the same.
SELECT 1;
