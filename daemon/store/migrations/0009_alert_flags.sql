-- Version 9: an alert has the flags of what it rests on (docs/journal-format.md). The tables are the same; segments of
-- versions 6 to 8 are read as they are.
SELECT 1;
