import { SOCKET_ADDRESSES } from './netdev.ts';
import { parseSchema } from './schema.ts';

const FILTER = 'netdev queue?:<all|rx|tx> status? position? insert?:<before|behind>';
const MEMORY =
  'dump?:bool host-nodes?:[u16] merge?:bool policy?:<default|preferred|bind|interleave> prealloc?:bool prealloc-threads?:u32 prealloc-context? share?:bool reserve?:bool size:size x-use-canonical-path-for-ramblock-id?:bool';
const LOOP = 'aio-max-batch?:int thread-pool-min?:int thread-pool-max?:int';
const TLS = 'verify-peer?:bool dir? endpoint?:<client|server> priority?';
const SECRET = 'loaded?:bool format?:<raw|base64> keyid? iv?';
/** Members of a throttle group's limits. */
const LIMITS = ['iops', 'bps']
  .flatMap((unit) =>
    ['total', 'read', 'write'].flatMap((kind) =>
      ['', '-max', '-max-length'].map((suffix) => `${unit}-${kind}${suffix}`),
    ),
  )
  .concat('iops-size');
const limits = (prefix: string) => LIMITS.map((name) => `${prefix}${name}?:int`).join(' ');

const TYPES =
  'authz-list|authz-listfile|authz-pam|authz-simple|can-bus|can-host-socketcan|colo-compare|cryptodev-backend|cryptodev-backend-builtin|cryptodev-backend-lkcf|cryptodev-vhost-user|dbus-vmstate|filter-buffer|filter-dump|filter-mirror|filter-redirector|filter-replay|filter-rewriter|input-barrier|input-linux|iothread|main-loop|memory-backend-epc|memory-backend-file|memory-backend-memfd|memory-backend-ram|pef-guest|pr-manager-helper|qtest|rng-builtin|rng-egd|rng-random|secret|secret_keyring|sev-guest|thread-context|s390-pv-guest|throttle-group|tls-creds-anon|tls-creds-psk|tls-creds-x509|tls-cipher-suites|x-remote-object|x-vfio-user-server';

/** What `-object` and `object-add` take. */
export const OBJECT_SCHEMA = parseSchema(`
  ${SOCKET_ADDRESSES}
  AuthZListRule = match policy:<deny|allow> format?:<exact|glob>
  ThrottleLimits = ${limits('')}
  ObjectOptions = qom-type:<${TYPES}> id / qom-type
    authz-list: policy?:<deny|allow> rules?:[AuthZListRule]
    authz-listfile: filename refresh?:bool
    authz-pam: service
    authz-simple: identity
    can-host-socketcan: if canbus
    colo-compare: primary_in secondary_in outdev iothread notify_dev? compare_timeout?:u64 expired_scan_cycle?:u32 max_queue_size?:u32 vnet_hdr_support?:bool
    cryptodev-backend: queues?:u32
    cryptodev-backend-builtin: queues?:u32
    cryptodev-backend-lkcf: queues?:u32
    cryptodev-vhost-user: queues?:u32 chardev
    dbus-vmstate: addr id-list?
    filter-buffer: ${FILTER} interval:u32
    filter-dump: ${FILTER} file maxlen?:u32
    filter-mirror: ${FILTER} outdev vnet_hdr_support?:bool
    filter-redirector: ${FILTER} indev? outdev? vnet_hdr_support?:bool
    filter-replay: ${FILTER}
    filter-rewriter: ${FILTER} vnet_hdr_support?:bool
    input-barrier: name server? port? x-origin? y-origin? width? height?
    input-linux: evdev grab_all?:bool repeat?:bool grab-toggle?:<ctrl-ctrl|alt-alt|shift-shift|meta-meta|scrolllock|ctrl-scrolllock>
    iothread: ${LOOP} poll-max-ns?:int poll-grow?:int poll-shrink?:int
    main-loop: ${LOOP}
    memory-backend-epc: ${MEMORY}
    memory-backend-file: ${MEMORY} align?:size discard-data?:bool mem-path pmem?:bool readonly?:bool
    memory-backend-memfd: ${MEMORY} hugetlb?:bool hugetlbsize?:size seal?:bool
    memory-backend-ram: ${MEMORY}
    pr-manager-helper: path
    qtest: chardev log?
    rng-builtin: opened?:bool
    rng-egd: opened?:bool chardev
    rng-random: opened?:bool filename?
    secret: ${SECRET} data? file?
    secret_keyring: ${SECRET} serial:i32
    sev-guest: sev-device? dh-cert-file? session-file? policy?:u32 handle?:u32 cbitpos?:u32 reduced-phys-bits:u32 kernel-hashes?:bool
    thread-context: cpu-affinity?:[u16] node-affinity?:[u16]
    throttle-group: limits?:ThrottleLimits ${limits('x-')}
    tls-creds-anon: ${TLS} loaded?:bool
    tls-creds-psk: ${TLS} loaded?:bool username?
    tls-creds-x509: ${TLS} loaded?:bool sanity-check?:bool passwordid?
    tls-cipher-suites: ${TLS}
    x-remote-object: fd devid
    x-vfio-user-server: socket:SocketAddress device
`);
