/** The JSON Pointer (RFC 6901) of a member or element below `path`. */
export function pointer(path: string, step: string | number): string {
  return `${path}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
