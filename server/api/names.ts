/** Names in addresses, made from the names of files. */

/** `my model (2).keras` is `my-model-2`; a file named as any other (`model.json`) has the name of its folder, if any. */
export function nameFrom(file: string, fallback: string): string {
  const parts = file.split(/[\\/]/).filter((part) => part !== '');
  const stem = (part: string) =>
    part.replace(/(\.(gz|zip|json|keras|h5|hdf5|npz|npy|csv|safetensors))+$/i, '');
  const own = stem(parts.at(-1) ?? '');
  const plain = /^(model|weights|data|dataset)$/i.test(own) ? (parts.at(-2) ?? own) : own;
  const name = plain
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_]+/g, '-')
    .replaceAll(/^[^A-Za-z]+|-+$/g, '')
    .slice(0, 56);
  return name === '' ? fallback : name;
}

/** The name, or the name with the first number that makes it free. */
export function freeName(name: string, taken: readonly string[]): string {
  const used = new Set(taken);
  for (let k = 1; ; k++) {
    const candidate = k === 1 ? name : `${name}-${k}`;
    if (!used.has(candidate)) return candidate;
  }
}
