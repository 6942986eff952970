/** What is in a file of torch.save as weights by name, with what must be said of it. */
import { baseName, unsupported } from '../files/context.ts';
import type { ArrayData, NumberType } from '../files/number-types.ts';
import { counted, listed } from '../files/numbers.ts';
import type { RawParameter, RawParameters } from '../parameters/model.ts';
import type { TorchFile } from './archive.ts';
import { classesIn, stateOf } from './state.ts';
import { checkTensor, numbersOf, typeOf } from './tensors.ts';

const EXPORT = "torch.onnx.export(model, (x,), 'model.onnx', dynamo=True), x being a batch of examples";

/** Throws UserError where there are no tensors with names. */
export async function parametersOf(torch: TorchFile, file: string): Promise<RawParameters> {
  const { tensors, classes, left } = stateOf(torch.value);
  if (tensors.size === 0) {
    const names = classesIn(torch.value).filter(
      (name) => !/^(torch|collections|builtins|copyreg)\b/.test(name),
    );
    throw unsupported(
      file,
      `it holds no tensors with names${names.length > 0 ? `, but objects of ${listed(names)}, which are never built` : ''}; save the weights of the model: torch.save(model.state_dict(), "model.pt"), or export it as ONNX: ${EXPORT}`,
    );
  }
  const warnings: string[] = [];
  if (torch.script)
    warnings.push(
      `The file is a TorchScript program, of which only the weights are read; its graph comes in as ONNX: model = torch.jit.load("${baseName(file)}"); torch.onnx.export(model, (x,), "model.onnx", dynamo=False).`,
    );
  else if (classes.size > 0)
    warnings.push(
      `The file holds a whole model of the class ${classes.get('') ?? [...classes.values()][0]}, which is never built; its weights are read by their names.`,
    );
  if (left.length > 0)
    warnings.push(`The file holds tensors beside those of the model, which were left out: ${listed(left)}.`);
  const prefix = commonPrefix([...tensors.keys()]);
  const parameters: RawParameter[] = [];
  const unread: string[] = [];
  for (const [name, tensor] of tensors) {
    const type = typeOf(tensor);
    if (type === null) {
      unread.push(name);
      continue;
    }
    checkTensor(tensor, name, file);
    parameters.push({
      ...{ name: name.slice(prefix.length), shape: tensor.shape, type },
      read: async () => kept(await numbersOf(tensor, name, torch), type),
    });
  }
  if (unread.length > 0)
    warnings.push(
      `${counted(unread.length, 'tensor is', 'tensors are')} of number types that are not read, and left out: ${listed(unread)}.`,
    );
  return {
    ...{ format: 'torch', file, name: baseName(file).replace(/\.\w+$/, ''), parameters, warnings },
    classes: new Map([...classes].map(([path, name]) => [path.slice(prefix.length), name])),
  };
}

/** What training in parallel and compiling put before every name. */
function commonPrefix(names: readonly string[]): string {
  let prefix = '';
  for (;;) {
    const next = ['module.', '_orig_mod.'].find((each) =>
      names.every((name) => name.startsWith(prefix + each)),
    );
    if (next === undefined) return prefix;
    prefix += next;
  }
}

/** As checkpoints keep numbers: floats in 32 bits, whole numbers in 32 bits. */
export function kept(data: ArrayData, type: NumberType): Float32Array | Int32Array {
  if (type.includes('float')) return data instanceof Float32Array ? data : Float32Array.from(data);
  return data instanceof Int32Array
    ? data
    : Int32Array.from(data, (value) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value)));
}

/** Those of a plain state dict, of which there may be none. */
export async function namedTensors(torch: TorchFile, file: string): Promise<readonly RawParameter[]> {
  if (stateOf(torch.value).tensors.size === 0) return [];
  return (await parametersOf(torch, file)).parameters;
}
