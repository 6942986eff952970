/** Wrong arguments: the help follows. */
export class Usage extends Error {
  override name = 'Usage';
}
