const ON = ['on', 'yes', 'true', 'y'];

/** Whether a property of the machine is on; `otherwise` where it is not given, or `auto`. */
export function isOn(
  options: ReadonlyMap<string, string>,
  name: string,
  otherwise: boolean,
): boolean {
  const text = options.get(name);
  return text === undefined || text === 'auto' ? otherwise : ON.includes(text);
}
