-- Version 8: an encounter says whether what was told of it is in the journal alone (docs/journal-format.md). The tables
-- are the same; segments of versions 6 and 7 are read as they are.
SELECT 1;
