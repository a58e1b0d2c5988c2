import { parseSchema } from './schema.ts';

const KINDS =
  'file|serial|parallel|pipe|socket|udp|pty|null|mux|msmouse|wctablet|braille|testdev|stdio|spicevmc|spiceport|qemu-vdagent|dbus|vc|ringbuf|memory';
const LOG = 'logfile? logappend?:bool';

/** What QMP's `chardev-add` takes as `backend`. */
export const CHARDEV_SCHEMA = parseSchema(`
  Inet = host port numeric?:bool to?:u16 ipv4?:bool ipv6?:bool keep-alive?:bool mptcp?:bool
  Unix = path abstract?:bool tight?:bool
  Vsock = cid port
  Fd = str
  Address = type:<inet|unix|vsock|fd> / type
    inet: data:Inet
    unix: data:Unix
    vsock: data:Vsock
    fd: data:Fd
  Common = ${LOG}
  File = ${LOG} in? out append?:bool
  Hostdev = ${LOG} device
  Socket = ${LOG} addr:Address tls-creds? tls-authz? server?:bool wait?:bool nodelay?:bool telnet?:bool tn3270?:bool websocket?:bool reconnect?:int
  Udp = ${LOG} remote:Address local?:Address
  Mux = ${LOG} chardev
  Stdio = ${LOG} signal?:bool
  SpiceChannel = ${LOG} type
  SpicePort = ${LOG} fqdn
  Agent = ${LOG} mouse?:bool clipboard?:bool
  DBus = ${LOG} name
  Vc = ${LOG} width?:int height?:int cols?:int rows?:int
  Ringbuf = ${LOG} size?:int
  ChardevBackend = type:<${KINDS}> / type
    file: data:File
    serial: data:Hostdev
    parallel: data:Hostdev
    pipe: data:Hostdev
    socket: data:Socket
    udp: data:Udp
    pty: data:Common
    null: data:Common
    mux: data:Mux
    msmouse: data:Common
    wctablet: data:Common
    braille: data:Common
    testdev: data:Common
    stdio: data:Stdio
    spicevmc: data:SpiceChannel
    spiceport: data:SpicePort
    qemu-vdagent: data:Agent
    dbus: data:DBus
    vc: data:Vc
    ringbuf: data:Ringbuf
    memory: data:Ringbuf
  ChardevAdd = id backend:ChardevBackend
`);
