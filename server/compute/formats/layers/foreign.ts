/**
 * Whose code a layer, a model or a function of a file is. Keras 3 writes the module and the name under which a class was
 * registered: they decide, not the class's name, for a class of one's own may be called Dense. Keras 1 and 2 wrote the
 * class's name alone into .h5 files, so that there a class of one's own is known only by its package (`Custom>Dense`).
 */

/** Modules of Keras itself, under all the names that it had. */
const OWN = /^(keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras)(\.|$)/;

export interface SerializedObject {
  readonly class_name: string;
  readonly module?: string | null | undefined;
  readonly registered_name?: string | null | undefined;
}

/** Why this is not Keras' own, in words; null where it is, or where the file cannot tell. */
export function foreignOrigin(written: SerializedObject, raw: unknown): string | null {
  const { class_name, module, registered_name } = written;
  const told = typeof raw === 'object' && raw !== null && 'module' in raw;
  const packaged = class_name.includes('>') || (registered_name ?? '').includes('>');
  const foreign = told && !OWN.test(module ?? '');
  const renamed = told && Boolean(registered_name) && registered_name !== class_name;
  if (!packaged && !foreign && !renamed) return null;
  const says = told
    ? `module ${JSON.stringify(module ?? null)}, registered_name ${JSON.stringify(registered_name ?? null)}`
    : `class_name ${JSON.stringify(class_name)}`;
  return `it is a class of one's own (${says}), whose Python code is not in the file; rebuild it from layers of Keras`;
}
