-- AlterTable
ALTER TABLE "BoardWriter" ADD COLUMN     "shownAt" BIGINT;
