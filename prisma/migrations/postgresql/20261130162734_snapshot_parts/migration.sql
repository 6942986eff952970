-- CreateTable
CREATE TABLE "SnapshotBlob" (
    "snapshotId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "blob" TEXT NOT NULL,

    CONSTRAINT "SnapshotBlob_pkey" PRIMARY KEY ("snapshotId","seq")
);

-- CreateIndex
CREATE INDEX "SnapshotBlob_blob_idx" ON "SnapshotBlob"("blob");

-- AddForeignKey
ALTER TABLE "SnapshotBlob" ADD CONSTRAINT "SnapshotBlob_snapshotId_fkey" FOREIGN KEY ("snapshotId") REFERENCES "Snapshot"("id") ON DELETE CASCADE ON UPDATE CASCADE;

