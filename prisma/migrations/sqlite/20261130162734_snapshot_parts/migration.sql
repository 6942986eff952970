-- CreateTable
CREATE TABLE "SnapshotBlob" (
    "snapshotId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "blob" TEXT NOT NULL,

    PRIMARY KEY ("snapshotId", "seq"),
    CONSTRAINT "SnapshotBlob_snapshotId_fkey" FOREIGN KEY ("snapshotId") REFERENCES "Snapshot" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "SnapshotBlob_blob_idx" ON "SnapshotBlob"("blob");

