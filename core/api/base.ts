/** Shapes that every contract is made of. */
import { z } from 'zod';

export const idSchema = z.string().min(1).max(64);
export const timeSchema = z.iso.datetime();
/** Names in addresses. */
export const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
    'a name starts with a letter, then letters, digits, - and _ (at most 64)',
  );
