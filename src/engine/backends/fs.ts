import { ConfigError } from '../qom/errors.ts';
import { optionalStr, type Property } from '../qom/property.ts';
import type { SharedFiles } from './files.ts';
import { MemoryFiles } from './memory-files.ts';
import { SynthFiles } from './synth-files.ts';

/** What a name of the host's stands for. */
export type FileKind = 'file' | 'directory' | 'device';

/** The parameters of an `-fsdev`, each as text; the last one wins. */
export type FsParameters = ReadonlyMap<string, string>;

const SECURITY_MODELS = ['passthrough', 'mapped', 'mapped-xattr', 'mapped-file', 'none'];
const MULTIDEVS = ['remap', 'forbid', 'warn'];
const COMMON = ['id', 'fsdriver', 'readonly'];
const THROTTLE = 'throttling.';
const THROTTLED = /^(?:bps|iops)-(?:total|read|write)(?:-max(?:-length)?)?$|^iops-size$/;

/** A file system driver of the host's side: which parameters it takes. */
interface FsDriver {
  readonly parameters: readonly string[];
  readonly throttled?: boolean;
  check?(parameters: FsParameters): void;
}

const DRIVERS: Readonly<Record<string, FsDriver>> = {
  local: {
    parameters: [...COMMON, 'path', 'security_model', 'writeout', 'fmode', 'dmode', 'multidevs'],
    throttled: true,
    check: checkLocal,
  },
  synth: { parameters: COMMON },
  proxy: { parameters: [...COMMON, 'socket', 'sock_fd', 'writeout'], check: checkProxy },
};

function checkLocal(parameters: FsParameters): void {
  const model = parameters.get('security_model');
  const valid = 'Valid options are: security_model=[passthrough|mapped-xattr|mapped-file|none]';
  if (model === undefined) throw new ConfigError(`security_model property not set\n${valid}`);
  if (!SECURITY_MODELS.includes(model))
    throw new ConfigError(`invalid security_model property '${model}'\n${valid}`);
  const multidevs = parameters.get('multidevs');
  if (multidevs !== undefined && !MULTIDEVS.includes(multidevs))
    throw new ConfigError(
      `invalid multidevs property '${multidevs}'\nValid options are: multidevs=[remap|forbid|warn]`,
    );
  if (parameters.get('path') === undefined) throw new ConfigError('path property not set');
  if (model.startsWith('mapped')) return;
  for (const mode of ['fmode', 'dmode'])
    if (parameters.has(mode))
      throw new ConfigError(`${mode} is only valid for mapped security modes`);
}

function checkProxy(parameters: FsParameters): void {
  const [socket, fd] = [parameters.has('socket'), parameters.has('sock_fd')];
  if (socket && fd) throw new ConfigError('both socket and sock_fd properties are set');
  if (!socket && !fd) throw new ConfigError('both socket and sock_fd properties are missing');
}

/** A directory of the host's, or what stands for one, that a device shares with the guest. */
export class Fsdev {
  readonly id: string;
  readonly driver: string;
  readonly parameters: FsParameters;

  constructor(id: string, driver: string, parameters: FsParameters) {
    this.id = id;
    this.driver = driver;
    this.parameters = parameters;
  }

  /** Whether the guest may change nothing. */
  get readOnly(): boolean {
    return this.parameters.get('readonly') === 'on';
  }

  /** Path, or address of the process that has the files. */
  get source(): string {
    const { parameters } = this;
    return parameters.get('path') ?? parameters.get('socket') ?? parameters.get('sock_fd') ?? '';
  }
}

function isThrottle(name: string): boolean {
  return name.startsWith(THROTTLE) && THROTTLED.test(name.slice(THROTTLE.length));
}

/** Limits of a throttle by name: `bps-total`. */
function limitsOf(parameters: FsParameters): Map<string, bigint> {
  return new Map(
    [...parameters]
      .filter(([name]) => isThrottle(name))
      .map(([name, value]) => [name.slice(THROTTLE.length), BigInt(value)]),
  );
}

/** The file systems of a machine, by id. */
export class Fsdevs {
  readonly #entries = new Map<string, Fsdev>();
  readonly #kindOf: (name: string) => FileKind | undefined;

  readonly #faultOf: (limits: ReadonlyMap<string, bigint>) => string | undefined;
  readonly #filesAt: (path: string) => SharedFiles | undefined;

  /** `kindOf`: what the host has by a name. `faultOf`: what is wrong with a throttle's limits. `filesAt`: the files in a directory of the host's. */
  constructor(
    kindOf: (name: string) => FileKind | undefined,
    faultOf: (limits: ReadonlyMap<string, bigint>) => string | undefined = () => undefined,
    filesAt: (path: string) => SharedFiles | undefined = () => undefined,
  ) {
    this.#kindOf = kindOf;
    this.#faultOf = faultOf;
    this.#filesAt = filesAt;
  }

  /** In the order in which they were added. */
  list(): Fsdev[] {
    return [...this.#entries.values()];
  }

  find(id: string): Fsdev | undefined {
    return this.#entries.get(id);
  }

  /** Adds what `-fsdev` describes; parameter names and switches are checked before. Throws ConfigError with QEMU's sentence. */
  add(parameters: FsParameters): Fsdev {
    const id = parameters.get('id');
    if (id === undefined) throw new ConfigError('fsdev: No id specified');
    const name = parameters.get('fsdriver');
    if (name === undefined) throw new ConfigError('fsdev: No fsdriver specified');
    const driver = Object.hasOwn(DRIVERS, name) ? DRIVERS[name] : undefined;
    if (!driver) throw new ConfigError(`fsdev: fsdriver ${name} not found`);
    for (const parameter of parameters.keys())
      if (!driver.parameters.includes(parameter) && !(driver.throttled && isThrottle(parameter)))
        throw new ConfigError(`'${parameter}' is invalid for fsdriver '${name}'`);
    driver.check?.(parameters);
    const fault = driver.throttled && this.#faultOf(limitsOf(parameters));
    if (fault) throw new ConfigError(`invalid throttle configuration: ${fault}`);
    const fsdev = new Fsdev(id, name, parameters);
    this.#entries.set(id, fsdev);
    return fsdev;
  }

  /** Opens a file system for a device; an empty one where the host lends no directory. Throws ConfigError with QEMU's sentence. */
  open(fsdev: Fsdev): SharedFiles {
    const { driver, parameters, source } = fsdev;
    if (driver === 'synth') return new SynthFiles();
    const refuse = (reason: string): never => {
      throw new ConfigError(`cannot initialize fsdev '${fsdev.id}': ${reason}`);
    };
    if (driver === 'local') {
      const kind = this.#kindOf(source);
      if (kind === undefined) refuse(`failed to open '${source}': No such file or directory`);
      if (kind !== 'directory') refuse(`failed to open '${source}': Not a directory`);
      return this.#filesAt(source) ?? new MemoryFiles();
    }
    if (parameters.has('sock_fd')) throw new ConfigError(`share path ${source} does not exist`);
    return refuse(`failed to connect to '${source}': No such file or directory`);
  }
}

/** Property `fsdev`: the id of a file system, which is looked for when the device is realized. */
export function fsdevName(): Property<string | undefined> {
  return { ...optionalStr(), names: ['fsdev'] };
}

/** The file systems of the machine whose services a device got as its context. */
export function fsdevsOf(context: unknown): Fsdevs {
  return (context as { readonly fsdevs: Fsdevs }).fsdevs;
}
