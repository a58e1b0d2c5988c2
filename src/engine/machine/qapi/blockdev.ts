import { SOCKET_ADDRESSES } from './netdev.ts';
import { parseSchema } from './schema.ts';

const FILE =
  'filename pr-manager? locking?:<auto|on|off> aio?:<threads|native|io_uring> aio-max-batch?:int drop-cache?:bool x-check-cache-dropped?:bool';
const NULL = 'size?:int latency-ns?:u64 read-zeroes?:bool';
const CURL =
  'url readahead?:int timeout?:int username? password-secret? proxy-username? proxy-password-secret?';
const DRIVERS =
  'blkdebug|blklogwrites|blkreplay|blkverify|bochs|cloop|compress|copy-before-write|copy-on-read|dmg|file|snapshot-access|ftp|ftps|gluster|host_cdrom|host_device|http|https|iscsi|luks|nbd|nfs|null-aio|null-co|nvme|parallels|preallocate|qcow|qcow2|qed|quorum|raw|rbd|replication|ssh|throttle|vdi|vhdx|vmdk|vpc|vvfat';

/** What `-blockdev` and `blockdev-add` take, as far as drivers are told apart by their options. */
export const BLOCKDEV_SCHEMA = parseSchema(`
  ${SOCKET_ADDRESSES}
  CacheOptions = direct?:bool no-flush?:bool
  BlockdevRef | BlockdevOptions
  BlockdevRefOrNull | BlockdevOptions
  BitmapSource = node name
  NFSServer = type:<inet> host
  InetSocketAddressBase = host port
  InetSocketAddress = host port numeric?:bool to?:u16 ipv4?:bool ipv6?:bool keep-alive?:bool mptcp?:bool
  QCryptoOptions = format:<aes|luks> / format
    aes: key-secret?
    luks: key-secret?
  RbdEncryption = format:<luks|luks2> key-secret
  SshHostKeyCheck = mode:<none|hash|known_hosts> / mode
    hash: type:<md5|sha1|sha256> hash
  BlockdevOptions = driver:<${DRIVERS}> node-name? discard?:<ignore|unmap> cache?:CacheOptions read-only?:bool auto-read-only?:bool force-share?:bool detect-zeroes?:<off|on|unmap> / driver
    blkdebug: image:BlockdevRef config? align?:int max-transfer?:i32 opt-write-zero?:i32 max-write-zero?:i32 opt-discard?:i32 max-discard?:i32
    blklogwrites: file:BlockdevRef log:BlockdevRef log-sector-size?:u32 log-append?:bool log-super-update-interval?:u64
    blkverify: test:BlockdevRef raw:BlockdevRef
    blkreplay: image:BlockdevRef
    bochs: file:BlockdevRef
    cloop: file:BlockdevRef
    compress: file:BlockdevRef
    copy-before-write: file:BlockdevRef target:BlockdevRef bitmap?:BitmapSource on-cbw-error?:<break-guest-write|break-snapshot> cbw-timeout?:u32
    copy-on-read: file:BlockdevRef bottom?
    dmg: file:BlockdevRef
    file: ${FILE}
    ftp: ${CURL}
    ftps: ${CURL} sslverify?:bool
    gluster: volume path server:[SocketAddress] debug?:int logfile?
    host_cdrom: ${FILE}
    host_device: ${FILE}
    http: ${CURL} cookie? cookie-secret?
    https: ${CURL} cookie? sslverify?:bool cookie-secret?
    iscsi: transport:<tcp|iser> portal target lun?:int user? password-secret? initiator-name? header-digest?:<crc32c|none|crc32c-none|none-crc32c> timeout?:int
    luks: file:BlockdevRef key-secret?
    nbd: server:SocketAddress export? tls-creds? tls-hostname? x-dirty-bitmap? reconnect-delay?:u32 open-timeout?:u32
    nfs: server:NFSServer path user?:int group?:int tcp-syn-count?:int readahead-size?:int page-cache-size?:int debug?:int
    null-aio: ${NULL}
    null-co: ${NULL}
    nvme: device namespace:int
    parallels: file:BlockdevRef
    preallocate: file:BlockdevRef prealloc-align?:int prealloc-size?:int
    qcow2: file:BlockdevRef backing?:BlockdevRefOrNull lazy-refcounts?:bool pass-discard-request?:bool pass-discard-snapshot?:bool pass-discard-other?:bool overlap-check?:<none|constant|cached|all> cache-size?:int l2-cache-size?:int l2-cache-entry-size?:int refcount-cache-size?:int cache-clean-interval?:int encrypt?:QCryptoOptions data-file?:BlockdevRef
    qcow: file:BlockdevRef backing?:BlockdevRefOrNull encrypt?:QCryptoOptions
    qed: file:BlockdevRef backing?:BlockdevRefOrNull
    quorum: blkverify?:bool children:[BlockdevRef] vote-threshold:int rewrite-corrupted?:bool read-pattern?:<quorum|fifo>
    raw: file:BlockdevRef offset?:int size?:int
    rbd: pool namespace? image conf? snapshot? encrypt?:RbdEncryption user? auth-client-required?:[<cephx|none>] key-secret? server?:[InetSocketAddressBase]
    replication: file:BlockdevRef mode:<primary|secondary> top-id?
    snapshot-access: file:BlockdevRef
    ssh: server:InetSocketAddress path user? host-key-check?:SshHostKeyCheck
    throttle: throttle-group file:BlockdevRef
    vdi: file:BlockdevRef
    vhdx: file:BlockdevRef
    vmdk: file:BlockdevRef backing?:BlockdevRefOrNull
    vpc: file:BlockdevRef
    vvfat: dir fat-type?:int floppy?:bool label? rw?:bool
`);
