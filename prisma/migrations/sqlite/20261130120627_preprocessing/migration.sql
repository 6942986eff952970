-- CreateTable
CREATE TABLE "Preprocessing" (
    "modelId" TEXT NOT NULL,
    "datasetId" TEXT NOT NULL,
    "chosen" TEXT,
    "trial" TEXT,
    "checkpoint" TEXT,

    PRIMARY KEY ("modelId", "datasetId"),
    CONSTRAINT "Preprocessing_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Preprocessing_datasetId_fkey" FOREIGN KEY ("datasetId") REFERENCES "Dataset" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Preprocessing_datasetId_idx" ON "Preprocessing"("datasetId");

