/** What the page remembers between visits. Every name is listed here so that none is used twice. */
export const REMEMBERED = {
  script: 'virtio-playground.script',
  example: 'virtio-playground.example',
  theme: 'virtio-playground.theme',
  speed: 'virtio-playground.speed',
  commandLine: 'virtio-playground.command-line',
} as const;
type Remembered = (typeof REMEMBERED)[keyof typeof REMEMBERED];

/** The value last remembered under `name`; undefined where there is none or the browser refuses. */
export function recall(name: Remembered): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers `value`, or forgets the name where it is undefined; whether the browser did it. */
export function remember(name: Remembered, value: string | undefined): boolean {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Local storage that never throws, for libraries that store on their own. */
export const quietStorage: Pick<Storage, 'getItem' | 'setItem'> = {
  getItem(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  setItem(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Panel sizes are then as they were built.
    }
  },
};
