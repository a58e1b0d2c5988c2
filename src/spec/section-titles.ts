/**
 * Titles of the sections of VIRTIO 1.4, chapters 2 to 6: number, a space, title, entries divided by
 * `|` or by the end of a line. A leading `>`, `<` or `~` stands for "Driver Requirements: ", "Device
 * Requirements: " and "Legacy Interface: ".
 */
export const SECTION_TITLES = `
2 Basic Facilities of a Virtio Device|2.1 Device Status Field|2.1.1 >Device Status Field|
2.1.2 <Device Status Field|2.2 Feature Bits|2.2.1 >Feature Bits|2.2.2 <Feature Bits|
2.2.3 ~A Note on Feature Bits|2.3 Notifications|2.4 Device Reset|2.4.1 <Device Reset|
2.4.2 >Device Reset|2.5 Device Configuration Space|2.5.1 >Device Configuration Space|
2.5.2 <Device Configuration Space|2.5.3 ~A Note on Device Configuration Space endian-ness|
2.5.4 ~Device Configuration Space|2.6 Virtqueues|2.6.1 Virtqueue Reset|2.6.1.1 Virtqueue Reset|
2.6.1.1.1 <Virtqueue Reset|2.6.1.1.2 >Virtqueue Reset|2.6.1.2 Virtqueue Re-enable|
2.6.1.2.1 <Virtqueue Re-enable|2.6.1.2.2 >Virtqueue Re-enable|2.7 Split Virtqueues|
2.7.1 >Virtqueues|2.7.2 Legacy Interfaces: A Note on Virtqueue Layout|
2.7.3 Legacy Interfaces: A Note on Virtqueue Endianness|2.7.4 Message Framing|
2.7.4.1 <Message Framing|2.7.4.2 >Message Framing|2.7.4.3 ~Message Framing|
2.7.5 The Virtqueue Descriptor Table|2.7.5.1 <The Virtqueue Descriptor Table|
2.7.5.2 >The Virtqueue Descriptor Table|2.7.5.3 Indirect Descriptors|
2.7.5.3.1 >Indirect Descriptors|2.7.5.3.2 <Indirect Descriptors|
2.7.6 The Virtqueue Available Ring|2.7.6.1 >The Virtqueue Available Ring|
2.7.7 Used Buffer Notification Suppression|2.7.7.1 >Used Buffer Notification Suppression|
2.7.7.2 <Used Buffer Notification Suppression|2.7.8 The Virtqueue Used Ring|
2.7.8.1 ~The Virtqueue Used Ring|2.7.8.2 <The Virtqueue Used Ring|
2.7.8.3 >The Virtqueue Used Ring|2.7.9 In-order use of descriptors|
2.7.10 Available Buffer Notification Suppression|
2.7.10.1 >Available Buffer Notification Suppression|
2.7.10.2 <Available Buffer Notification Suppression|2.7.11 Helpers for Operating Virtqueues|
2.7.12 Virtqueue Operation|2.7.13 Supplying Buffers to The Device|
2.7.13.1 Placing Buffers Into The Descriptor Table|2.7.13.2 Updating The Available Ring|
2.7.13.3 Updating idx|2.7.13.3.1 >Updating idx|2.7.13.4 Notifying The Device|
2.7.13.4.1 >Notifying The Device|2.7.14 Receiving Used Buffers From The Device|
2.8 Packed Virtqueues|2.8.1 Driver and Device Ring Wrap Counters|
2.8.2 Polling of available and used descriptors|2.8.3 Write Flag|2.8.4 Element Address and Length|
2.8.5 Scatter-Gather Support|2.8.6 Next Flag: Descriptor Chaining|
2.8.7 Indirect Flag: Scatter-Gather Support|2.8.8 In-order use of descriptors|
2.8.9 Multi-buffer requests|2.8.10 Driver and Device Event Suppression|
2.8.10.1 Structure Size and Alignment|2.8.11 >Virtqueues|2.8.12 <Virtqueues|
2.8.13 The Virtqueue Descriptor Format|2.8.14 Event Suppression Structure Format|
2.8.15 <The Virtqueue Descriptor Table|2.8.16 >The Virtqueue Descriptor Table|
2.8.17 >Scatter-Gather Support|2.8.18 <Scatter-Gather Support|2.8.19 >Indirect Descriptors|
2.8.20 Virtqueue Operation|2.8.21 Supplying Buffers to The Device|
2.8.21.1 Placing Available Buffers Into The Descriptor Ring|2.8.21.1.1 >Updating flags|
2.8.21.2 Sending Available Buffer Notifications|2.8.21.3 Implementation Example|
2.8.21.3.1 >Sending Available Buffer Notifications|2.8.22 Receiving Used Buffers From The Device|
2.9 Driver Notifications|2.10 Shared Memory Regions|2.10.1 Addressing within regions|
2.10.2 <Shared Memory Regions|2.11 Exporting Objects|2.12 Device groups|
2.12.1 Group administration commands|2.12.1.1 Legacy Interfaces|
2.12.1.1.1 VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_WRITE|
2.12.1.1.2 VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_READ|
2.12.1.1.3 VIRTIO_ADMIN_CMD_LEGACY_DEV_CFG_WRITE|2.12.1.1.4 VIRTIO_ADMIN_CMD_LEGACY_DEV_CFG_READ|
2.12.1.1.5 VIRTIO_ADMIN_CMD_LEGACY_NOTIFY_INFO|2.12.1.1.6 <Legacy Interface|
2.12.1.1.7 >Legacy Interface|2.12.1.2 Device and driver capabilities|
2.12.1.2.1 VIRTIO_ADMIN_CMD_CAP_ID_LIST_QUERY|2.12.1.2.2 VIRTIO_ADMIN_CMD_DEVICE_CAP_GET|
2.12.1.2.3 VIRTIO_ADMIN_CMD_DRIVER_CAP_SET|2.12.1.2.4 <Device and driver capabilities|
2.12.1.2.5 >Device and driver capabilities|2.12.1.3 Device resource objects|
2.12.1.3.1 VIRTIO_ADMIN_CMD_RESOURCE_OBJ_CREATE|2.12.1.3.2 VIRTIO_ADMIN_CMD_RESOURCE_OBJ_MODIFY|
2.12.1.3.3 VIRTIO_ADMIN_CMD_RESOURCE_OBJ_QUERY|2.12.1.3.4 VIRTIO_ADMIN_CMD_RESOURCE_OBJ_DESTROY|
2.12.1.3.5 <Device resource objects|2.12.1.3.6 >Device resource objects|2.12.1.4 Device parts|
2.12.1.4.1 VIRTIO_DEV_PARTS_CAP|2.12.1.4.2 VIRTIO_RESOURCE_OBJ_DEV_PARTS|
2.12.1.4.3 Device parts handling commands|2.12.1.4.3.1 VIRTIO_ADMIN_CMD_DEV_PARTS_METADATA_GET|
2.12.1.4.3.2 VIRTIO_ADMIN_CMD_DEV_PARTS_GET|2.12.1.4.3.3 VIRTIO_ADMIN_CMD_DEV_PARTS_SET|
2.12.1.4.3.4 VIRTIO_ADMIN_CMD_DEV_MODE_SET|2.12.1.4.4 Device parts order|
2.12.1.4.4.1 <Device parts|2.12.1.4.4.2 >Device parts|2.12.1.5 <Group administration commands|
2.12.1.6 >Group administration commands|2.13 Administration Virtqueues|
2.13.1 <Group administration commands|2.13.2 >Group administration commands|2.14 Device parts|
2.14.1 Common device parts|2.14.1.1 VIRTIO_DEV_PART_DEV_FEATURES|
2.14.1.2 VIRTIO_DEV_PART_DRV_FEATURES|2.14.1.3 VIRTIO_DEV_PART_PCI_COMMON_CFG|
2.14.1.4 VIRTIO_DEV_PART_DEVICE_STATUS|2.14.1.5 VIRTIO_DEV_PART_VQ_CFG|
2.14.1.6 VIRTIO_DEV_PART_VQ_NOTIFY_CFG|2.14.2 Assumptions|
3 General Initialization And Device Operation|3.1 Device Initialization|
3.1.1 >Device Initialization|3.1.2 ~Device Initialization|3.2 Device Operation|
3.2.1 Notification of Device Configuration Changes|3.3 Device Cleanup|3.3.1 >Device Cleanup|
3.4 Device Suspend|3.4.1 >Device Suspend|3.4.2 <Device Suspend|4 Virtio Transport Options|
4.1 Virtio Over PCI Bus|4.1.1 <Virtio Over PCI Bus|4.1.2 PCI Device Discovery|
4.1.2.1 <PCI Device Discovery|4.1.2.2 >PCI Device Discovery|
4.1.2.3 Legacy Interfaces: A Note on PCI Device Discovery|4.1.3 PCI Device Layout|
4.1.3.1 >PCI Device Layout|4.1.3.2 <PCI Device Layout|4.1.4 Virtio Structure PCI Capabilities|
4.1.4.1 >Virtio Structure PCI Capabilities|4.1.4.2 <Virtio Structure PCI Capabilities|
4.1.4.3 Common configuration structure layout|4.1.4.3.1 <Common configuration structure layout|
4.1.4.3.2 >Common configuration structure layout|4.1.4.4 Notification structure layout|
4.1.4.4.1 <Notification capability|4.1.4.5 ISR status capability|4.1.4.5.1 <ISR status capability|
4.1.4.5.2 >ISR status capability|4.1.4.6 Device-specific configuration|
4.1.4.6.1 <Device-specific configuration|4.1.4.7 Shared memory capability|
4.1.4.7.1 <Shared memory capability|4.1.4.8 Vendor data capability|
4.1.4.8.1 <Vendor data capability|4.1.4.8.2 >Vendor data capability|
4.1.4.9 PCI configuration access capability|4.1.4.9.1 <PCI configuration access capability|
4.1.4.9.2 >PCI configuration access capability|
4.1.4.10 Legacy Interfaces: A Note on PCI Device Layout|
4.1.4.11 Non-transitional Device With Legacy Driver: A Note on PCI Device Layout|
4.1.4.11.0.1 <Non-transitional Device With Legacy Driver|
4.1.5 PCI-specific Initialization And Device Operation|4.1.5.1 Device Initialization|
4.1.5.1.1 Virtio Device Configuration Layout Detection|
4.1.5.1.1.1 ~A Note on Device Layout Detection|4.1.5.1.2 MSI-X Vector Configuration|
4.1.5.1.2.1 <MSI-X Vector Configuration|4.1.5.1.2.2 >MSI-X Vector Configuration|
4.1.5.1.3 Virtqueue Configuration|4.1.5.1.3.1 ~A Note on Virtqueue Configuration|
4.1.5.2 Available Buffer Notifications|4.1.5.2.1 >Available Buffer Notifications|
4.1.5.3 Used Buffer Notifications|4.1.5.3.1 <Used Buffer Notifications|
4.1.5.4 Notification of Device Configuration Changes|
4.1.5.4.1 <Notification of Device Configuration Changes|
4.1.5.4.2 >Notification of Device Configuration Changes|4.1.5.5 Driver Handling Interrupts|
4.2 Virtio Over MMIO|4.2.1 MMIO Device Discovery|4.2.2 MMIO Device Register Layout|
4.2.2.1 <MMIO Device Register Layout|4.2.2.2 >MMIO Device Register Layout|
4.2.3 MMIO-specific Initialization And Device Operation|4.2.3.1 Device Initialization|
4.2.3.1.1 >Device Initialization|4.2.3.2 Virtqueue Configuration|
4.2.3.3 Available Buffer Notifications|4.2.3.4 Notifications From The Device|
4.2.3.4.1 >Notifications From The Device|4.2.4 Legacy interface|
4.2.5 Features reserved for future use|4.3 Virtio Over Channel I/O|4.3.1 Basic Concepts|
4.3.1.1 Channel Commands for Virtio|4.3.1.2 Notifications|4.3.1.3 <Basic Concepts|
4.3.1.4 >Basic Concepts|4.3.2 Device Initialization|4.3.2.1 Setting the Virtio Revision|
4.3.2.1.1 <Setting the Virtio Revision|4.3.2.1.2 >Setting the Virtio Revision|
4.3.2.1.3 Legacy Interfaces: A Note on Setting the Virtio Revision|
4.3.2.2 Configuring a Virtqueue|4.3.2.2.1 <Configuring a Virtqueue|
4.3.2.2.2 ~A Note on Configuring a Virtqueue|4.3.2.3 Communicating Status Information|
4.3.2.3.1 >Communicating Status Information|4.3.2.3.2 <Communicating Status Information|
4.3.2.4 Handling Device Features|4.3.2.5 Device Configuration|4.3.2.6 Setting Up Indicators|
4.3.2.6.1 Setting Up Classic Queue Indicators|
4.3.2.6.2 Setting Up Configuration Change Indicators|
4.3.2.6.3 Setting Up Two-Stage Queue Indicators|
4.3.2.6.3.1 <Setting Up Two-Stage Queue Indicators|
4.3.2.6.4 Legacy Interfaces: A Note on Setting Up Indicators|4.3.3 Device Operation|
4.3.3.1 Host->Guest Notification|4.3.3.1.1 Notification via Classic I/O Interrupts|
4.3.3.1.2 Notification via Adapter I/O Interrupts|
4.3.3.1.2.1 <Notification via Adapter I/O Interrupts|
4.3.3.1.2.2 >Notification via Adapter I/O Interrupts|
4.3.3.1.3 Legacy Interfaces: A Note on Host->Guest Notification|4.3.3.2 Guest->Host Notification|
4.3.3.2.1 <Guest->Host Notification|4.3.3.2.2 >Guest->Host Notification|4.3.3.3 Resetting Devices|
4.3.3.3.1 <Resetting Devices|4.3.3.3.2 >Resetting Devices|4.3.4 Features reserved for future use|
5 Device Types|5.1 Network Device|5.1.1 Device ID|5.1.2 Virtqueues|5.1.3 Feature bits|
5.1.3.1 Feature bit requirements|5.1.3.2 ~Feature bits|5.1.4 Device configuration layout|
5.1.4.1 <Device configuration layout|5.1.4.2 >Device configuration layout|
5.1.4.3 ~Device configuration layout|5.1.5 Device Initialization|
5.1.6 Device and driver capabilities|5.1.7 Device resource objects|5.1.8 Device parts|
5.1.8.1 VIRTIO_NET_DEV_PART_CVQ_CFG_PART|5.1.9 Device Operation|5.1.9.1 ~Device Operation|
5.1.9.2 Packet Transmission|5.1.9.2.1 >Packet Transmission|5.1.9.2.2 <Packet Transmission|
5.1.9.2.3 Packet Transmission Interrupt|5.1.9.3 Setting Up Receive Buffers|
5.1.9.3.1 >Setting Up Receive Buffers|5.1.9.3.2 <Setting Up Receive Buffers|
5.1.9.4 Processing of Incoming Packets|5.1.9.4.1 <Processing of Incoming Packets|
5.1.9.4.2 >Processing of Incoming Packets|5.1.9.4.3 Hash calculation for incoming packets|
5.1.9.4.3.1 Supported/enabled hash types|5.1.9.4.3.2 IPv4 packets|
5.1.9.4.3.3 IPv6 packets without extension header|5.1.9.4.3.4 IPv6 packets with extension header|
5.1.9.4.4 Inner Header Hash|5.1.9.4.4.1 Encapsulated packet|
5.1.9.4.4.2 Encapsulation types supported/enabled for inner header hash|5.1.9.4.4.3 Advice|
5.1.9.4.4.4 <Inner Header Hash|5.1.9.4.4.5 >Inner Header Hash|
5.1.9.4.5 Hash reporting for incoming packets|5.1.9.5 Control Virtqueue|
5.1.9.5.1 Packet Receive Filtering|5.1.9.5.1.1 <Packet Receive Filtering|
5.1.9.5.1.2 >Packet Receive Filtering|5.1.9.5.2 Setting MAC Address Filtering|
5.1.9.5.2.1 <Setting MAC Address Filtering|5.1.9.5.2.2 >Setting MAC Address Filtering|
5.1.9.5.2.3 ~Setting MAC Address Filtering|5.1.9.5.3 VLAN Filtering|5.1.9.5.3.1 <VLAN Filtering|
5.1.9.5.3.2 ~VLAN Filtering|5.1.9.5.4 Gratuitous Packet Sending|
5.1.9.5.4.1 >Gratuitous Packet Sending|5.1.9.5.4.2 <Gratuitous Packet Sending|
5.1.9.5.5 Device operation in multiqueue mode|
5.1.9.5.6 Automatic receive steering in multiqueue mode|
5.1.9.5.6.1 >Automatic receive steering in multiqueue mode|
5.1.9.5.6.2 <Automatic receive steering in multiqueue mode|
5.1.9.5.6.3 ~Automatic receive steering in multiqueue mode|5.1.9.5.6.4 Hash calculation|
5.1.9.5.7 Receive-side scaling (RSS)|5.1.9.5.7.1 Setting RSS parameters|
5.1.9.5.7.2 >Setting RSS parameters|5.1.9.5.7.3 <RSS processing|5.1.9.5.8 RSS Context|
5.1.9.5.8.1 Querying RSS Context Capability|5.1.9.5.8.2 Setting RSS Context Parameters|
5.1.9.5.8.3 <RSS Context|5.1.9.5.8.4 >RSS Context|5.1.9.5.9 Offloads State Configuration|
5.1.9.5.9.1 Setting Offloads State|5.1.9.5.9.2 >Setting Offloads State|
5.1.9.5.9.3 ~Setting Offloads State|5.1.9.5.10 Notifications Coalescing|5.1.9.5.10.1 Operation|
5.1.9.5.10.2 RX Example|5.1.9.5.10.3 TX Example|
5.1.9.5.10.4 Notifications When Coalescing Parameters Change|
5.1.9.5.10.5 >Notifications Coalescing|5.1.9.5.10.6 <Notifications Coalescing|
5.1.9.5.11 Device Statistics|5.1.9.5.11.1 Query Statistic Capabilities|
5.1.9.5.11.2 Get Statistics|5.1.9.5.11.3 Controlq Statistics|
5.1.9.5.11.4 Receiveq Basic Statistics|5.1.9.5.11.5 Transmitq Basic Statistics|
5.1.9.5.11.6 Receiveq CSUM Statistics|5.1.9.5.11.7 Transmitq CSUM Statistics|
5.1.9.5.11.8 Receiveq GSO Statistics|5.1.9.5.11.9 Transmitq GSO Statistics|
5.1.9.5.11.10 Receiveq Speed Statistics|5.1.9.5.11.11 Transmitq Speed Statistics|
5.1.9.5.11.12 <Device Statistics|5.1.9.5.11.13 >Device Statistics|5.1.9.6 Flow filter|
5.1.9.6.1 Packet processing order|5.1.9.6.2 Device and driver capabilities|
5.1.9.6.2.1 VIRTIO_NET_FF_RESOURCE_CAP|5.1.9.6.2.2 VIRTIO_NET_FF_SELECTOR_CAP|
5.1.9.6.2.3 VIRTIO_NET_FF_ACTION_CAP|5.1.9.6.3 Resource objects|
5.1.9.6.3.1 VIRTIO_NET_RESOURCE_OBJ_FF_GROUP|5.1.9.6.3.2 VIRTIO_NET_RESOURCE_OBJ_FF_CLASSIFIER|
5.1.9.6.3.3 VIRTIO_NET_RESOURCE_OBJ_FF_RULE|5.1.9.6.4 <Flow filter|5.1.9.6.5 >Flow filter|
5.1.9.7 IPsec Operation|5.1.9.7.1 Packet processing order|
5.1.9.7.2 Device and driver capabilities|5.1.9.7.3 Resource objects|5.1.9.7.4 <IPsec Operation|
5.1.9.7.5 >IPsec Operation|5.1.9.8 ~Framing Requirements|5.2 Block Device|5.2.1 Device ID|
5.2.2 Virtqueues|5.2.3 Feature bits|5.2.3.1 ~Feature bits|5.2.4 Device configuration layout|
5.2.4.1 ~Device configuration layout|5.2.5 Device Initialization|5.2.5.1 >Device Initialization|
5.2.5.2 <Device Initialization|5.2.5.3 ~Device Initialization|5.2.6 Device Operation|
5.2.6.1 >Device Operation|5.2.6.2 <Device Operation|5.2.6.3 ~Device Operation|
5.2.6.4 ~Framing Requirements|5.3 Console Device|5.3.1 Device ID|5.3.2 Virtqueues|
5.3.3 Feature bits|5.3.4 Device configuration layout|5.3.4.1 ~Device configuration layout|
5.3.5 Device Initialization|5.3.5.1 <Device Initialization|5.3.6 Device Operation|
5.3.6.1 >Device Operation|5.3.6.2 Multiport Device Operation|
5.3.6.2.1 <Multiport Device Operation|5.3.6.2.2 >Multiport Device Operation|
5.3.6.3 ~Device Operation|5.3.6.4 ~Framing Requirements|5.4 Entropy Device|5.4.1 Device ID|
5.4.2 Virtqueues|5.4.3 Feature bits|5.4.4 Device configuration layout|5.4.5 Device Initialization|
5.4.6 Device Operation|5.4.6.1 >Device Operation|5.4.6.2 <Device Operation|
5.5 Traditional Memory Balloon Device|5.5.1 Device ID|5.5.2 Virtqueues|5.5.3 Feature bits|
5.5.3.1 >Feature bits|5.5.3.2 <Feature bits|5.5.3.2.0.1 ~Feature bits|
5.5.4 Device configuration layout|5.5.4.0.0.1 ~Device configuration layout|
5.5.5 Device Initialization|5.5.6 Device Operation|5.5.6.1 >Device Operation|
5.5.6.2 <Device Operation|5.5.6.2.1 ~Device Operation|5.5.6.3 Memory Statistics|
5.5.6.3.1 >Memory Statistics|5.5.6.3.2 <Memory Statistics|5.5.6.3.3 ~Memory Statistics|
5.5.6.4 Memory Statistics Tags|5.5.6.5 Free Page Hinting|5.5.6.5.1 >Free Page Hinting|
5.5.6.5.2 <Free Page Hinting|5.5.6.5.3 ~Free Page Hinting|5.5.6.6 Page Poison|
5.5.6.6.1 >Page Poison|5.5.6.6.2 <Page Poison|5.5.6.7 Free Page Reporting|
5.5.6.7.1 >Free Page Reporting|5.5.6.7.2 <Free Page Reporting|5.6 SCSI Host Device|
5.6.1 Device ID|5.6.2 Virtqueues|5.6.3 Feature bits|5.6.4 Device configuration layout|
5.6.4.1 >Device configuration layout|5.6.4.2 <Device configuration layout|
5.6.4.3 ~Device configuration layout|5.6.5 <Device Initialization|5.6.6 Device Operation|
5.6.6.0.1 ~Device Operation|5.6.6.1 Device Operation: Request Queues|
5.6.6.1.1 <Device Operation: Request Queues|5.6.6.1.2 >Device Operation: Request Queues|
5.6.6.1.3 ~Device Operation: Request Queues|5.6.6.2 Device Operation: controlq|
5.6.6.2.1 ~Device Operation: controlq|5.6.6.3 Device Operation: eventq|
5.6.6.3.1 >Device Operation: eventq|5.6.6.3.2 <Device Operation: eventq|
5.6.6.3.3 ~Device Operation: eventq|5.6.6.4 ~Framing Requirements|5.7 GPU Device|5.7.1 Device ID|
5.7.2 Virtqueues|5.7.3 Feature bits|5.7.4 Device configuration layout|
5.7.4.1 Device configuration fields|5.7.4.2 Events|5.7.5 <Device Initialization|
5.7.6 Device Operation|5.7.6.1 Device Operation: Create a framebuffer and configure scanout|
5.7.6.2 Device Operation: Update a framebuffer and scanout|
5.7.6.3 Device Operation: Using pageflip|5.7.6.4 Device Operation: Multihead setup|
5.7.6.5 <Device Operation: Command lifecycle and fencing|
5.7.6.6 Device Operation: Configure mouse cursor|5.7.6.7 Device Operation: Request header|
5.7.6.8 Device Operation: controlq|5.7.6.8.1 >Device Operation: controlq|
5.7.6.9 Device Operation: controlq (3d)|5.7.6.9.1 >Device Operation: controlq (3d)|
5.7.6.10 Device Operation: cursorq|5.7.7 VGA Compatibility|5.8 Input Device|5.8.1 Device ID|
5.8.2 Virtqueues|5.8.3 Feature bits|5.8.4 Device configuration layout|5.8.5 Device Initialization|
5.8.5.1 >Device Initialization|5.8.5.2 <Device Initialization|5.8.6 Device Operation|
5.8.6.1 >Device Operation|5.8.6.2 <Device Operation|5.9 Crypto Device|5.9.1 Device ID|
5.9.2 Virtqueues|5.9.3 Feature bits|5.9.3.1 Feature bit requirements|
5.9.4 Supported crypto services|5.9.4.1 CIPHER services|5.9.4.2 HASH services|
5.9.4.3 MAC services|5.9.4.4 AEAD services|5.9.4.5 AKCIPHER services|
5.9.5 Device configuration layout|5.9.5.1 <Device configuration layout|
5.9.5.2 >Device configuration layout|5.9.6 Device Initialization|5.9.6.1 >Device Initialization|
5.9.7 Device and driver capabilities|5.9.8 Device resource objects|5.9.9 Device Operation|
5.9.9.1 Operation Status|5.9.9.2 Control Virtqueue|5.9.9.2.1 Session operation|
5.9.9.2.1.1 Session operation: HASH session|5.9.9.2.1.2 Session operation: MAC session|
5.9.9.2.1.3 Session operation: Symmetric algorithms session|
5.9.9.2.1.4 Session operation: AEAD session|5.9.9.2.1.5 Session operation: AKCIPHER session|
5.9.9.2.1.6 >Session operation: create session|5.9.9.2.1.7 <Session operation: create session|
5.9.9.2.1.8 >Session operation: destroy session|5.9.9.2.1.9 <Session operation: destroy session|
5.9.9.3 Data Virtqueue|5.9.9.4 HASH Service Operation|5.9.9.4.1 >HASH Service Operation|
5.9.9.4.2 <HASH Service Operation|5.9.9.5 MAC Service Operation|5.9.9.5.1 >MAC Service Operation|
5.9.9.5.2 <MAC Service Operation|5.9.9.6 Symmetric algorithms Operation|
5.9.9.6.1 >Symmetric algorithms Operation|5.9.9.6.2 <Symmetric algorithms Operation|
5.9.9.7 AEAD Service Operation|5.9.9.7.1 >AEAD Service Operation|
5.9.9.7.2 <AEAD Service Operation|5.9.9.8 AKCIPHER Service Operation|
5.9.9.8.1 >AKCIPHER Service Operation|5.9.9.8.2 <AKCIPHER Service Operation|
5.9.9.9 IPSEC Service Operation|5.9.9.9.1 Device and driver capabilities|
5.9.9.9.1.1 VIRTIO_CRYPTO_IPSEC_RESOURCE_CAP|5.9.9.9.1.2 VIRTIO_CRYPTO_IPSEC_SA_CAP|
5.9.9.9.2 Resource objects|5.9.9.9.2.1 VIRTIO_CRYPTO_RESOURCE_OBJ_IPSEC_OUTBOUND_SA|
5.9.9.9.2.2 VIRTIO_CRYPTO_RESOURCE_OBJ_IPSEC_INBOUND_SA|5.9.9.9.3 Data processing|
5.9.9.9.4 <IPsec Service Operation|5.9.9.9.5 >IPsec Service Operation|5.10 Socket Device|
5.10.1 Device ID|5.10.2 Virtqueues|5.10.3 Feature bits|5.10.3.1 >Feature bits|
5.10.3.2 <Feature bits|5.10.4 Device configuration layout|5.10.5 Device Initialization|
5.10.6 Device Operation|5.10.6.1 Virtqueue Flow Control|
5.10.6.1.1 >Device Operation: Virtqueue Flow Control|
5.10.6.1.2 <Device Operation: Virtqueue Flow Control|5.10.6.2 Addressing|
5.10.6.3 Buffer Space Management|5.10.6.3.1 >Device Operation: Buffer Space Management|
5.10.6.3.2 <Device Operation: Buffer Space Management|5.10.6.4 Receive and Transmit|
5.10.6.4.1 >Device Operation: Receive and Transmit|
5.10.6.4.2 <Device Operation: Receive and Transmit|5.10.6.5 Stream Sockets|
5.10.6.6 Seqpacket Sockets|5.10.6.6.1 Message and record boundaries|5.10.6.7 Device Events|
5.10.6.7.1 >Device Operation: Device Events|5.11 File System Device|5.11.1 Device ID|
5.11.2 Virtqueues|5.11.3 Feature bits|5.11.4 Device configuration layout|
5.11.4.1 >Device configuration layout|5.11.4.2 <Device configuration layout|
5.11.5 Device Initialization|5.11.6 Device Operation|5.11.6.1 Device Operation: Request Queues|
5.11.6.2 Device Operation: High Priority Queue|5.11.6.2.1 <Device Operation: High Priority Queue|
5.11.6.2.2 >Device Operation: High Priority Queue|5.11.6.3 Device Operation: Notification Queue|
5.11.6.3.1 >Device Operation: Notification Queue|5.11.6.4 Device Operation: DAX Window|
5.11.6.4.1 <Device Operation: DAX Window|5.11.6.4.2 >Device Operation: DAX Window|
5.11.6.5 Security Considerations|5.11.6.6 Live migration considerations|5.12 RPMB Device|
5.12.1 Device ID|5.12.2 Virtqueues|5.12.3 Feature bits|5.12.4 Device configuration layout|
5.12.5 <Device Initialization|5.12.6 Device Operation|5.12.6.1 Device Operation: Request Queue|
5.12.6.1.1 <Device Operation: Program Key|5.12.6.1.2 <Device Operation: Get Write Counter|
5.12.6.1.3 <Device Operation: Data Write|5.12.6.1.4 <Device Operation: Data Read|
5.12.6.1.5 <Device Operation: Result Read|5.12.6.2 >Device Operation|5.12.6.3 <Device Operation|
5.13 IOMMU device|5.13.1 Device ID|5.13.2 Virtqueues|5.13.3 Feature bits|5.13.3.1 >Feature bits|
5.13.3.2 <Feature bits|5.13.4 Device configuration layout|5.13.4.1 >Device configuration layout|
5.13.4.2 <Device configuration layout|5.13.5 Device initialization|
5.13.5.1 >Device Initialization|5.13.6 Device operations|5.13.6.1 >Device operations|
5.13.6.2 <Device operations|5.13.6.3 ATTACH request|5.13.6.3.1 >ATTACH request|
5.13.6.3.2 <ATTACH request|5.13.6.4 DETACH request|5.13.6.4.1 >DETACH request|
5.13.6.4.2 <DETACH request|5.13.6.5 MAP request|5.13.6.5.1 >MAP request|5.13.6.5.2 <MAP request|
5.13.6.6 UNMAP request|5.13.6.6.1 >UNMAP request|5.13.6.6.2 <UNMAP request|5.13.6.7 PROBE request|
5.13.6.7.1 >PROBE request|5.13.6.7.2 <PROBE request|5.13.6.8 PROBE properties|
5.13.6.8.1 Property RESV_MEM|5.13.6.8.1.1 >Property RESV_MEM|5.13.6.8.1.2 <Property RESV_MEM|
5.13.6.9 Fault reporting|5.13.6.9.1 >Fault reporting|5.13.6.9.2 <Fault reporting|
5.14 Sound Device|5.14.1 Device ID|5.14.2 Virtqueues|5.14.3 Feature Bits|
5.14.4 Device Configuration Layout|5.14.5 Device Initialization|5.14.5.1 >Device Initialization|
5.14.6 Device Operation|5.14.6.1 Item Information Request|5.14.6.2 >Item Information Request|
5.14.6.3 Relationships with the High Definition Audio Specification|
5.14.6.4 Jack Control Messages|5.14.6.4.1 VIRTIO_SND_R_JACK_INFO|5.14.6.4.1.1 <Jack Information|
5.14.6.4.2 VIRTIO_SND_R_JACK_REMAP|5.14.6.5 Jack Notifications|5.14.6.6 PCM Control Messages|
5.14.6.6.1 PCM Command Lifecycle|5.14.6.6.2 VIRTIO_SND_R_PCM_INFO|
5.14.6.6.2.1 <Stream Information|5.14.6.6.3 VIRTIO_SND_R_PCM_SET_PARAMS|
5.14.6.6.3.1 <Stream Parameters|5.14.6.6.3.2 >Stream Parameters|
5.14.6.6.4 VIRTIO_SND_R_PCM_PREPARE|5.14.6.6.5 VIRTIO_SND_R_PCM_RELEASE|
5.14.6.6.5.1 <Stream Release|5.14.6.6.6 VIRTIO_SND_R_PCM_START|5.14.6.6.7 VIRTIO_SND_R_PCM_STOP|
5.14.6.7 PCM Notifications|5.14.6.8 PCM I/O Messages|5.14.6.8.1 Output Stream|
5.14.6.8.1.1 <Output Stream|5.14.6.8.1.2 >Output Stream|5.14.6.8.2 Input Stream|
5.14.6.8.2.1 <Input Stream|5.14.6.8.2.2 >Input Stream|5.14.6.9 Channel Map Control Messages|
5.14.6.9.1 VIRTIO_SND_R_CHMAP_INFO|5.14.6.9.1.1 <Channel Map Information|
5.14.6.10 Control Elements|5.14.6.10.1 Query information|
5.14.6.10.1.1 <Control Element Information|5.14.6.10.2 Value|5.14.6.10.2.1 >Control Element Value|
5.14.6.10.3 Metadata|5.14.6.10.3.1 <Control Element Metadata|
5.14.6.10.3.2 >Control Element Metadata|5.14.6.10.4 Notifications|
5.14.6.10.4.1 <Control Element Notifications|5.15 Memory Device|5.15.1 Device ID|
5.15.2 Virtqueues|5.15.3 Feature bits|5.15.4 Device configuration layout|
5.15.4.1 >Device configuration layout|5.15.4.2 <Device configuration layout|
5.15.5 Device Initialization|5.15.5.1 >Device Initialization|5.15.5.2 <Device Initialization|
5.15.6 Device Operation|5.15.6.1 >Device Operation|5.15.6.2 <Device Operation|
5.15.6.3 PLUG request|5.15.6.3.1 >PLUG request|5.15.6.3.2 <PLUG request|5.15.6.4 UNPLUG request|
5.15.6.4.1 >UNPLUG request|5.15.6.4.2 <UNPLUG request|5.15.6.5 UNPLUG ALL request|
5.15.6.5.1 >UNPLUG request|5.15.6.5.2 <UNPLUG request|5.15.6.6 STATE request|
5.15.6.6.1 >STATE request|5.15.6.6.2 <STATE request|5.16 I2C Adapter Device|5.16.1 Device ID|
5.16.2 Virtqueues|5.16.3 Feature bits|5.16.4 Device configuration layout|
5.16.5 Device Initialization|5.16.6 Device Operation|5.16.6.1 Device Operation: Request Queue|
5.16.6.2 Device Operation: Operation Status|5.16.6.3 >Device Operation|5.16.6.4 <Device Operation|
5.17 SCMI Device|5.17.1 Device ID|5.17.2 Virtqueues|5.17.3 Feature bits|5.17.3.1 <Feature bits|
5.17.4 Device configuration layout|5.17.5 Device Initialization|5.17.6 Device Operation|
5.17.6.1 cmdq Operation|5.17.6.1.1 <cmdq Operation|5.17.6.1.2 >cmdq Operation|
5.17.6.2 Setting Up eventq Buffers|5.17.6.2.1 >Setting Up eventq Buffers|
5.17.6.3 eventq Operation|5.17.6.3.1 <eventq Operation|5.17.6.4 Shared Memory Operation|
5.17.6.4.1 <Shared Memory Operation|5.18 GPIO Device|5.18.1 Device ID|5.18.2 Virtqueues|
5.18.3 Feature bits|5.18.4 Device configuration layout|5.18.5 Device Initialization|
5.18.6 Device Operation: requestq|5.18.6.1 requestq Operation: Get Line Names|
5.18.6.2 requestq Operation: Get Direction|5.18.6.3 requestq Operation: Set Direction|
5.18.6.4 requestq Operation: Get Value|5.18.6.5 requestq Operation: Set Value|
5.18.6.6 requestq Operation: Set IRQ Type|5.18.6.7 requestq Operation: Message Flow|
5.18.6.8 >requestq Operation|5.18.6.9 <requestq Operation|5.18.7 Device Operation: eventq|
5.18.7.1 eventq Operation: Message Flow|5.18.7.2 >eventq Operation|5.18.7.3 <eventq Operation|
5.19 PMEM Device|5.19.1 Device ID|5.19.2 Virtqueues|5.19.3 Feature bits|
5.19.4 Device configuration layout|5.19.5 Device Initialization|5.19.5.1 <Device Initialization|
5.19.5.2 >Device Initialization|5.19.6 Driver Operations|5.19.7 Device Operations|
5.19.7.1 <Device Operation: Virtqueue flush|5.19.7.2 Device Operations|
5.19.7.3 <Device Operation: Virtqueue return|5.19.8 Possible security implications|
5.19.9 Countermeasures|5.19.9.1 With SHARED mapping|5.19.9.2 With PRIVATE mapping|
5.19.9.3 Workload specific mapping|5.19.9.4 Prevent cache eviction|5.20 CAN Device|
5.20.1 Device ID|5.20.2 Virtqueues|5.20.3 Feature bits|5.20.3.1 Feature bit requirements|
5.20.4 Device configuration layout|5.20.4.1 >Device Initialization|5.20.5 Device Operation|
5.20.5.1 Controller Mode|5.20.5.2 <CAN Message Transmission|5.20.5.3 CAN Message Reception|
5.20.5.4 BusOff Indication|5.21 SPI Controller Device|5.21.1 Device ID|5.21.2 Virtqueues|
5.21.3 Feature bits|5.21.4 Device configuration layout|5.21.5 Device Initialization|
5.21.6 Device Operation|5.21.6.1 Device Operation: Request Queue|
5.21.6.2 Device Operation: Operation Status|5.21.6.3 >Device Operation|5.21.6.4 <Device Operation|
5.22 Media Device|5.22.1 Device ID|5.22.2 Virtqueues|5.22.3 Feature Bits|
5.22.4 Device Configuration Layout|5.22.5 Device Initialization|5.22.6 Device Operation|
5.22.6.1 Command Virtqueue|5.22.6.1.1 Device Operation: Command headers|
5.22.6.1.2 >Device Operation: Command Virtqueue: Sessions|
5.22.6.1.3 Device Operation: Open device|5.22.6.1.3.1 <Device Operation: Open device|
5.22.6.1.4 Device Operation: Close device|5.22.6.1.4.1 >Device Operation: Close device|
5.22.6.1.5 Device Operation: V4L2 ioctls|5.22.6.1.5.1 Ioctls payload|
5.22.6.1.5.2 <Device Operation: V4L2 ioctls|5.22.6.1.5.3 >Device Operation: V4L2 ioctls|
5.22.6.1.5.4 Handling of pointers to data in ioctl payload|
5.22.6.1.5.5 <Handling of pointers to data in ioctl payload|
5.22.6.1.5.6 Handling of pointers to userspace memory in ioctl payload|
5.22.6.1.5.7 Unsupported ioctls|5.22.6.1.5.8 <Device Operation: Unsupported ioctls|
5.22.6.1.6 Device Operation: Mapping a MMAP buffer|
5.22.6.1.6.1 <Device Operation: Mapping a MMAP buffer|
5.22.6.1.7 Device Operation: Unmapping a MMAP buffer|
5.22.6.1.7.1 <Device Operation: Unmapping a MMAP buffer|5.22.6.1.8 Device Operation: Memory Types|
5.22.6.1.8.1 MMAP|5.22.6.1.8.2 SHARED_PAGES|5.22.6.1.8.3 <Device Operation: Shared Pages|
5.22.6.1.8.4 VIRTIO_OBJECT|5.22.6.1.8.5 <Device Operation: Virtio Object|5.22.6.2 Event Virtqueue|
5.22.6.2.1 Device Operation: Event header|5.22.6.2.2 Device Operation: Device-side error|
5.22.6.2.2.1 <Device Operation: Device-side error|
5.22.6.2.2.2 >Device Operation: Device-side error|5.22.6.2.3 Device Operation: Dequeue buffer|
5.22.6.2.3.1 >Device Operation: Dequeue buffer|5.22.6.2.4 Device Operation: Emit an event|
5.23 RTC Device|5.23.1 Device ID|5.23.2 Virtqueues|5.23.3 Feature bits|5.23.3.1 <Feature bits|
5.23.4 Device configuration layout|5.23.5 Device Initialization|5.23.6 Device Operation|
5.23.6.1 >Device Operation|5.23.6.2 <Device Operation|5.23.6.3 Common Definitions|
5.23.6.3.1 Clock Types|5.23.6.3.2 Smearing Variants|5.23.6.3.3 Hardware Counters|
5.23.6.4 Control Requests|5.23.6.4.1 >Control Requests|5.23.6.4.2 <Control Requests|
5.23.6.5 Read Requests|5.23.6.5.1 >Read Requests|5.23.6.5.2 <Read Requests|
5.23.6.6 Alarm Operation|5.23.6.6.1 <Alarm Operation|5.23.6.6.2 Alarm Control Requests|
5.23.6.6.2.1 >Alarm Control Requests|5.23.6.6.2.2 <Alarm Control Requests|
5.23.6.6.3 Alarm Notifications|5.23.6.6.3.1 >Alarm Notifications|
5.23.6.6.3.2 <Alarm Notifications|6 Reserved Feature Bits|6.1 >Reserved Feature Bits|
6.2 <Reserved Feature Bits|6.3 ~Reserved Feature Bits
`;
