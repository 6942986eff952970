/** Origin of the local person's edits: what their own undo covers (rule B2). */
export const LOCAL = 'local';
