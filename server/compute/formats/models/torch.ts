/** PyTorch: what torch.save writes, and the parameters in it. Programs and classes in it are named, never run. */
import { baseName, extension, type SourceFile, secondModel, unsupported } from '../files/context.ts';
import type { FoundModel, ModelFormat } from '../format.ts';
import { openEntries, openTorch, type TorchFile } from '../torch/archive.ts';
import { parametersOf } from '../torch/parameters.ts';
import { readStateFiles } from '../torch/state-files.ts';

const ENDINGS = new Set(['pt', 'pth', 'ckpt', 'bin', 'pkl', '']);

export const format: ModelFormat = {
  async read(files, upload) {
    const unpacked = await openEntries(files, upload);
    if (unpacked) return { model: await parametersOf(unpacked, upload), parts: null };
    const opened: { file: SourceFile; torch: TorchFile }[] = [];
    try {
      for (const file of files) {
        if (!ENDINGS.has(extension(file.name))) continue;
        const torch = await openTorch(file);
        if (torch) opened.push({ file, torch });
        else if (['pt', 'pth', 'ckpt'].includes(extension(file.name)))
          throw unsupported(
            file.name,
            'it is not of torch.save (no zip with a pickle in it, and no file of before PyTorch 1.6); save the weights with torch.save(model.state_dict(), "model.pt"), or export the model as ONNX',
          );
      }
      const [first, second] = opened;
      if (!first) return await weightsAlone(files);
      if (second) throw secondModel(second.file, first.file);
      return { model: await parametersOf(first.torch, first.file.name), parts: [first.file] };
    } catch (error) {
      for (const { torch } of opened) torch.close();
      throw error;
    }
  },
};

/** How modules call what they learn; arrays of a data set are called otherwise. */
const LEARNT = /(^|[._])(weight|bias|gamma|beta|kernel|lora_[AB])$/;

/** Weights in safetensors without a configuration beside them, whole or in shards. */
async function weightsAlone(files: readonly SourceFile[]): Promise<FoundModel | null> {
  const state = await readStateFiles(files.filter(({ name }) => extension(name) === 'safetensors'));
  const [first] = state?.files ?? [];
  if (!state || !first || !state.parameters.some(({ name }) => LEARNT.test(name))) return null;
  const { parameters } = state;
  const name = baseName(first.name).replace(/\.\w+$/, '');
  const known = { format: 'safetensors', file: first.name, name, classes: new Map<string, string>() };
  return { model: { ...known, parameters, warnings: [] }, parts: [...state.files] };
}
