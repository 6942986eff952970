/** Files that may be imported: how those of each format are known, by the browser and by the server, and their names. */
export {
  baseName,
  DATA_FORMATS,
  DATA_IN_WORDS,
  type DataFormatName,
  type DataFormatRow,
  extension,
  FORMATS_IN_WORDS,
  isData,
  isModel,
  isOneImport,
  isOwnZip,
  MODEL_FORMATS,
  MODELS_IN_WORDS,
  type ModelFormatName,
  type ModelFormatRow,
} from './formats.ts';
export { freeName, nameFrom } from './names.ts';
