-- AlterTable
ALTER TABLE "BoardState" ADD COLUMN "previous" BLOB;

-- CreateTable
CREATE TABLE "BoardWriter" (
    "boardId" TEXT NOT NULL,
    "client" BIGINT NOT NULL,
    "userId" TEXT NOT NULL,

    PRIMARY KEY ("boardId", "client"),
    CONSTRAINT "BoardWriter_boardId_fkey" FOREIGN KEY ("boardId") REFERENCES "Board" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_JournalEntry" (
    "boardId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "update" BLOB NOT NULL,
    "userId" TEXT,
    "squashed" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("boardId", "seq"),
    CONSTRAINT "JournalEntry_boardId_fkey" FOREIGN KEY ("boardId") REFERENCES "Board" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_JournalEntry" ("boardId", "createdAt", "seq", "update", "userId") SELECT "boardId", "createdAt", "seq", "update", "userId" FROM "JournalEntry";
DROP TABLE "JournalEntry";
ALTER TABLE "new_JournalEntry" RENAME TO "JournalEntry";
CREATE TABLE "new_Quarantine" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "boardId" TEXT NOT NULL,
    "update" BLOB NOT NULL,
    "userId" TEXT,
    "reason" TEXT NOT NULL,
    "hash" TEXT NOT NULL DEFAULT '',
    "bytes" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Quarantine_boardId_fkey" FOREIGN KEY ("boardId") REFERENCES "Board" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_Quarantine" ("boardId", "createdAt", "id", "reason", "update", "userId") SELECT "boardId", "createdAt", "id", "reason", "update", "userId" FROM "Quarantine";
DROP TABLE "Quarantine";
ALTER TABLE "new_Quarantine" RENAME TO "Quarantine";
CREATE INDEX "Quarantine_boardId_idx" ON "Quarantine"("boardId");
CREATE INDEX "Quarantine_userId_idx" ON "Quarantine"("userId");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

