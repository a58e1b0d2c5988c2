import { parseSchema } from './schema.ts';

/** Addresses of sockets. */
export const SOCKET_ADDRESSES = `
  SocketAddress = type:<inet|unix|vsock|fd> / type
    inet: host port numeric?:bool to?:u16 ipv4?:bool ipv6?:bool keep-alive?:bool mptcp?:bool
    unix: path abstract?:bool tight?:bool
    vsock: cid port
    fd: str
`;

/** What `-netdev` and `netdev_add` take. */
export const NETDEV_SCHEMA = parseSchema(`
  ${SOCKET_ADDRESSES}
  String = str
  Netdev = id type:<none|nic|user|tap|l2tpv3|socket|stream|dgram|vde|bridge|hubport|netmap|vhost-user|vhost-vdpa> / type
    none:
    nic: netdev? macaddr? model? addr? vectors?:u32
    user: hostname? restrict?:bool ipv4?:bool ipv6?:bool ip? net? host? tftp? bootfile? dhcpstart? dns? dnssearch?:[String] domainname? ipv6-prefix? ipv6-prefixlen?:int ipv6-host? ipv6-dns? smb? smbserver? hostfwd?:[String] guestfwd?:[String] tftp-server-name?
    tap: ifname? fd? fds? script? downscript? br? helper? sndbuf?:size vnet_hdr?:bool vhost?:bool vhostfd? vhostfds? vhostforce?:bool queues?:u32 poll-us?:u32
    l2tpv3: src dst srcport? dstport? ipv6?:bool udp?:bool cookie64?:bool counter?:bool pincounter?:bool txcookie?:u64 rxcookie?:u64 txsession:u32 rxsession?:u32 offset?:u32
    socket: fd? listen? connect? mcast? localaddr? udp?
    stream: addr:SocketAddress server?:bool
    dgram: local?:SocketAddress remote?:SocketAddress
    vde: sock? port?:u16 group? mode?:u16
    bridge: br? helper?
    hubport: hubid:i32 netdev?
    netmap: ifname devname?
    vhost-user: chardev vhostforce?:bool queues?:int
    vhost-vdpa: vhostdev? vhostfd? queues?:int x-svq?:bool
`);
