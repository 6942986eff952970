-- AlterTable
ALTER TABLE "BoardState" ADD COLUMN     "previous" BYTEA;

-- AlterTable
ALTER TABLE "JournalEntry" ADD COLUMN     "squashed" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Quarantine" ADD COLUMN     "bytes" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "hash" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "BoardWriter" (
    "boardId" TEXT NOT NULL,
    "client" BIGINT NOT NULL,
    "userId" TEXT NOT NULL,

    CONSTRAINT "BoardWriter_pkey" PRIMARY KEY ("boardId","client")
);

-- CreateIndex
CREATE INDEX "Quarantine_userId_idx" ON "Quarantine"("userId");

-- AddForeignKey
ALTER TABLE "BoardWriter" ADD CONSTRAINT "BoardWriter_boardId_fkey" FOREIGN KEY ("boardId") REFERENCES "Board"("id") ON DELETE CASCADE ON UPDATE CASCADE;

