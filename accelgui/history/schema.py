"""The tables, and the steps from one version of them to the next."""

from __future__ import annotations

# Kept in the file as PRAGMA user_version.
SCHEMA = 2

# The step from schema N to N + 1, by N. A step is never changed once a release had it.
STEPS: dict[int, tuple[str, ...]] = {
    0: (
        """CREATE TABLE entry (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            begun_s REAL NOT NULL,
            ended_s REAL,
            status TEXT NOT NULL DEFAULT '',
            pid INTEGER NOT NULL,
            name TEXT NOT NULL DEFAULT '',
            tags TEXT NOT NULL DEFAULT '',
            note TEXT NOT NULL DEFAULT '',
            facts TEXT NOT NULL DEFAULT '{}',
            deleted_s REAL
        )""",
        "CREATE INDEX entry_begun ON entry (begun_s)",
        """CREATE TABLE document (
            entry INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            json TEXT NOT NULL,
            PRIMARY KEY (entry, name)
        )""",
        # Times and values are little-endian doubles; a series is all its pieces in order.
        """CREATE TABLE piece (
            id INTEGER PRIMARY KEY,
            entry INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            panel TEXT NOT NULL,
            track TEXT NOT NULL,
            times BLOB NOT NULL,
            values_ BLOB NOT NULL
        )""",
        "CREATE INDEX piece_entry ON piece (entry)",
    ),
    # Every entry has the snapshot of its time; many have the same.
    1: (
        "CREATE TABLE snapshot (digest TEXT PRIMARY KEY, json TEXT NOT NULL)",
        "ALTER TABLE entry ADD COLUMN snapshot TEXT REFERENCES snapshot (digest)",
        "INSERT INTO snapshot SELECT 'entry-' || entry, json FROM document WHERE name = 'snapshot'",
        """UPDATE entry SET snapshot = 'entry-' || id
            WHERE id IN (SELECT entry FROM document WHERE name = 'snapshot')""",
        "DELETE FROM document WHERE name = 'snapshot'",
    ),
}
