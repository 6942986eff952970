-- CreateTable
CREATE TABLE "Preprocessing" (
    "modelId" TEXT NOT NULL,
    "datasetId" TEXT NOT NULL,
    "chosen" TEXT,
    "trial" TEXT,
    "checkpoint" TEXT,

    CONSTRAINT "Preprocessing_pkey" PRIMARY KEY ("modelId","datasetId")
);

-- CreateIndex
CREATE INDEX "Preprocessing_datasetId_idx" ON "Preprocessing"("datasetId");

-- AddForeignKey
ALTER TABLE "Preprocessing" ADD CONSTRAINT "Preprocessing_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Preprocessing" ADD CONSTRAINT "Preprocessing_datasetId_fkey" FOREIGN KEY ("datasetId") REFERENCES "Dataset"("id") ON DELETE CASCADE ON UPDATE CASCADE;

