/** What the page remembers between visits. Every name is listed here so that none is used twice. */
export const REMEMBERED = {
  script: 'virtio-playground.script',
  example: 'virtio-playground.example',
  theme: 'virtio-playground.theme',
  presentation: 'virtio-playground.presentation',
  speed: 'virtio-playground.speed',
  breakpoints: 'virtio-playground.breakpoints',
  /** Of older versions of the page, which kept no more of the machine. */
  commandLine: 'virtio-playground.command-line',
  /** Machine, script and their histories. */
  work: 'virtio-playground.work',
  /** A record of work that this version cannot read. */
  unread: 'virtio-playground.work-unread',
  /** Work of other pages, which this one took the place of, until it is among the kept machines. */
  aside: 'virtio-playground.work-aside',
  /** What the page looks at. */
  look: 'virtio-playground.look',
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
